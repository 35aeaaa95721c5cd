using Npgsql;

namespace Claims.Ingestion.Postgres.Summaries;

/// <summary>A table of a summary or of a roll-up, with its columns as the catalog has them.</summary>
/// <param name="Name">Its name, quoted, with its schema.</param>
/// <param name="Names">The names of its columns, in their order.</param>
/// <param name="Types">Their types.</param>
internal sealed record SummaryTable(string Name, List<string> Names, List<string> Types)
{
    /// <summary>The names of its columns, quoted, in their order.</summary>
    public IReadOnlyList<string> Columns { get; } = [.. Names.Select(Quote)];

    /// <summary>The name of a table as a definition gives it, quoted and with its schema.</summary>
    public static string Qualify(string name)
    {
        string[] parts = name.Split('.');
        return parts.Length switch
        {
            1 => $"claims.{Quote(parts[0])}",
            2 => $"{Quote(parts[0])}.{Quote(parts[1])}",
            _ => throw new ArgumentException($"'{name}' is no name of a table; it must be a name, or a schema and a name with a dot in between.", nameof(name)),
        };
    }

    public static string Quote(string name) => $"\"{name.Replace("\"", "\"\"", StringComparison.Ordinal)}\"";

    /// <returns>The table, or <see langword="null"/> when there is none.</returns>
    public static async Task<SummaryTable?> FindAsync(NpgsqlConnection connection, string name, CancellationToken cancellationToken)
    {
        string qualified = Qualify(name);
        await using var command = new NpgsqlCommand(
            """
            SELECT attname::text, format_type(atttypid, atttypmod)
            FROM pg_attribute WHERE attrelid = to_regclass($1) AND attnum > 0 AND NOT attisdropped ORDER BY attnum
            """,
            connection);
        command.Parameters.Add(new NpgsqlParameter<string> { TypedValue = qualified });
        List<string> names = [], types = [];
        await using NpgsqlDataReader reader = await command.ExecuteReaderAsync(cancellationToken);
        while (await reader.ReadAsync(cancellationToken))
        {
            names.Add(reader.GetString(0));
            types.Add(reader.GetString(1));
        }

        return names.Count == 0 ? null : new SummaryTable(qualified, names, types);
    }

    /// <summary>The columns as a list, each with a prefix.</summary>
    public string List(string prefix = "") => string.Join(", ", Columns.Select(c => prefix + c));

    /// <summary>The type of a column of the key.</summary>
    public string TypeOf(string name)
    {
        int place = Names.IndexOf(name);
        return place >= 0 ? Types[place] : throw new InvalidOperationException($"{Name} has no column {name}, which is to be part of its key.");
    }
}
