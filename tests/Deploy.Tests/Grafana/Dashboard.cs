using System.Text.Json;

namespace Deploy.Tests.Grafana;

/// <summary>A dashboard that is shipped.</summary>
internal sealed class Dashboard
{
    private Dashboard(string file) => (Name, Json) = (Path.GetFileNameWithoutExtension(file), JsonElement.Parse(File.ReadAllText(file)));

    public static IReadOnlyList<Dashboard> All { get; } =
        [.. Directory.GetFiles(Repository.PathOf("deploy", "grafana", "dashboards"), "*.json").Order(StringComparer.Ordinal).Select(file => new Dashboard(file))];

    public string Name { get; }

    public JsonElement Json { get; }

    /// <summary>All panels that show something.</summary>
    public IEnumerable<JsonElement> Panels => Json.GetProperty("panels").EnumerateArray().Where(panel => panel.GetProperty("type").GetString() != "row");

    public IEnumerable<JsonElement> Variables => Json.GetProperty("templating").GetProperty("list").EnumerateArray();

    /// <summary>The queries of all panels, as they are written.</summary>
    public IEnumerable<(string Panel, string Expression)> Queries =>
        Panels.SelectMany(panel => panel.GetProperty("targets").EnumerateArray().Select(target => ($"{Name}, {panel.GetProperty("title")}", target.GetProperty("expr").GetString()!)));

    /// <summary>A query as Grafana asks it, with everything chosen and a scrape each second.</summary>
    public static string Substituted(string expression) => expression
        .Replace("$__rate_interval", "10s", StringComparison.Ordinal)
        .Replace("$__range", "1m", StringComparison.Ordinal)
        .Replace("$instance", ".*", StringComparison.Ordinal)
        .Replace("$facility", ".*", StringComparison.Ordinal);
}
