using System.CommandLine;
using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.Json.Serialization;

namespace Claims.LoadTests;

/// <summary>The result of a scenario, as JSON for programs or as a table for people.</summary>
internal static class Report
{
    private static readonly JsonSerializerOptions Format = new()
    {
        PropertyNamingPolicy = JsonNamingPolicy.SnakeCaseLower,
        Converters = { new JsonStringEnumConverter(JsonNamingPolicy.SnakeCaseLower) },
        WriteIndented = true,
    };

    public static Option<FileInfo?> JsonOption() => new("--json") { Description = "A file to write the result to, as one JSON object; without it, a table is shown." };

    /// <returns>The exit code of the process: 1 when something is wrong with the result.</returns>
    public static async Task<int> WriteAsync<T>(T result, IReadOnlyList<string> problems, FileInfo? json, CancellationToken cancellationToken)
    {
        JsonObject values = JsonSerializer.SerializeToNode(result, Format)!.AsObject();
        if (json is not null)
        {
            await File.WriteAllTextAsync(json.FullName, values.ToJsonString(Format) + "\n", cancellationToken);
        }
        else
        {
            Show(values, "");
        }

        foreach (string problem in problems) await Console.Error.WriteLineAsync($"Wrong result: {problem}");
        return problems.Count == 0 ? 0 : 1;
    }

    /// <summary>Reads a result that was written as JSON.</summary>
    public static async Task<T> ReadAsync<T>(FileInfo json, CancellationToken cancellationToken)
    {
        await using FileStream stream = json.OpenRead();
        return await JsonSerializer.DeserializeAsync<T>(stream, Format, cancellationToken) ?? throw new InvalidOperationException($"{json.Name} holds no result.");
    }

    private static void Show(JsonObject values, string indent)
    {
        int width = values.Max(value => value.Key.Length);
        foreach ((string name, JsonNode? value) in values)
        {
            Console.WriteLine($"{indent}{Words(name).PadRight(width)}  {(value is JsonObject ? "" : Text(value))}".TrimEnd());
            if (value is JsonObject part) Show(part, indent + "  ");
        }
    }

    private static string Text(JsonNode? value) => value switch
    {
        JsonArray items when items.All(item => item is JsonValue) => string.Join(", ", items.Select(Text)),
        JsonArray items => string.Concat(items.Select(item => $"{Environment.NewLine}  {Text(item)}")),
        JsonObject values => string.Join(", ", values.Where(v => v.Value is not null).Select(v => $"{Words(v.Key)} {Text(v.Value)}")),
        _ => value?.ToString() ?? "",
    };

    private static string Words(string name) => name.Replace('_', ' ');
}
