using System.Globalization;
using System.Xml;
using Claims.LoadTests.Routing;
using Claims.LoadTests.Write;
using Claims.Measuring;
using Npgsql;

namespace Claims.LoadTests.Facilities;

/// <summary>What became of the files that were delivered, counted in the tables and compared with what is in the files.</summary>
/// <param name="Acknowledged">Files that the ingestion moved away, which it does once it has stored them.</param>
/// <param name="Waiting">Files that were delivered and are still where they are polled from.</param>
/// <param name="Lost">Claims of acknowledged files that are in no table.</param>
/// <param name="Doubled">Claims and files that are in the tables beyond what was delivered.</param>
/// <param name="Problems">What is wrong besides.</param>
internal sealed record DeliveredFiles(int Acknowledged, int Waiting, long Lost, long Doubled, IReadOnlyList<string> Problems)
{
    public static async Task<DeliveredFiles> CheckAsync(BenchmarkDatabase database, ClaimFolders folders, FileFeed feed, long baseClaims, CancellationToken cancellationToken)
    {
        ILookup<string, StoredFile> stored = (await ReadAsync(database, cancellationToken)).ToLookup(file => file.Name);
        (int acknowledged, int waiting, long lost, long doubled) = (0, 0, 0, 0);
        var problems = new List<string>();
        foreach (MadeFile made in folders.Made)
        {
            string name = Path.GetFileName(made.Path);
            StoredFile[] rows = [.. stored[name]];
            bool isAcknowledged = File.Exists(Path.Combine(feed.Inbox, made.Facility, "stored", name));
            if (isAcknowledged) acknowledged++;
            else if (File.Exists(Path.Combine(feed.Inbox, made.Facility, name))) waiting++;
            if (rows.Length > 1) doubled += rows.Length - 1 + rows[1..].Sum(row => row.Claims);
            if (rows.Length == 0)
            {
                if (isAcknowledged) lost += made.Claims;
                continue;
            }

            lost += Math.Max(0, made.Claims - rows[0].Claims);
            doubled += Math.Max(0, rows[0].Claims - made.Claims);
            decimal net = NetOf(made.Path);
            if (rows[0].Claims == made.Claims && (rows[0].Activities, rows[0].Net) != (made.Activities, net))
                problems.Add(FormattableString.Invariant($"{name} has {rows[0].Activities} activities and a net of {rows[0].Net} in the tables, and {made.Activities} and {net} in the file"));
        }

        // Rows that belong to no file.
        doubled += await database.ScalarAsync<long>("SELECT count(*) FROM claims.claim") - baseClaims - stored.SelectMany(rows => rows).Sum(row => row.Claims);
        if (lost != 0) problems.Add(FormattableString.Invariant($"{lost} claims of acknowledged files are lost"));
        if (doubled != 0) problems.Add(FormattableString.Invariant($"{doubled} rows are there beyond what was delivered"));
        return new DeliveredFiles(acknowledged, waiting, lost, doubled, problems);
    }

    private static async Task<List<StoredFile>> ReadAsync(BenchmarkDatabase database, CancellationToken cancellationToken)
    {
        await using var connection = new NpgsqlConnection(database.ConnectionString);
        await connection.OpenAsync(cancellationToken);
        await using var command = new NpgsqlCommand(
            """
            SELECT f.name, coalesce(c.claims, 0), coalesce(a.activities, 0), coalesce(c.net, 0)
            FROM claims.claim_file f
            LEFT JOIN (SELECT file_id, count(*) AS claims, sum(net) AS net FROM claims.claim GROUP BY file_id) c ON c.file_id = f.id
            LEFT JOIN (SELECT file_id, count(*) AS activities FROM claims.activity GROUP BY file_id) a ON a.file_id = f.id
            WHERE f.name LIKE 'file-%'
            """,
            connection)
        {
            CommandTimeout = 0,
        };
        var files = new List<StoredFile>();
        await using NpgsqlDataReader reader = await command.ExecuteReaderAsync(cancellationToken);
        while (await reader.ReadAsync(cancellationToken)) files.Add(new StoredFile(reader.GetString(0), reader.GetInt64(1), reader.GetInt64(2), reader.GetDecimal(3)));
        return files;
    }

    /// <summary>The sum of what the claims of a file say.</summary>
    private static decimal NetOf(string path)
    {
        decimal net = 0;
        using var reader = XmlReader.Create(path);
        while (reader.Read())
        {
            // Deeper ones are those of the activities.
            if (reader is { NodeType: XmlNodeType.Element, Depth: 2, LocalName: "Net" }) net += decimal.Parse(reader.ReadString(), NumberStyles.Float, CultureInfo.InvariantCulture);
        }

        return net;
    }

    private sealed record StoredFile(string Name, long Claims, long Activities, decimal Net);
}
