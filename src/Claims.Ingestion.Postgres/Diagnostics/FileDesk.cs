using Claims.Ingestion.Diagnostics;
using Claims.Ingestion.Postgres.DataSources;
using Claims.Ingestion.Storage;
using Microsoft.Extensions.DependencyInjection;
using Npgsql;

namespace Claims.Ingestion.Postgres.Diagnostics;

/// <summary>Looks files up in the ledger, by indexes only: lists on a replica where there is one, a single file on the primary, since operators look whether what they did has helped.</summary>
internal sealed class FileDesk([FromKeyedServices(DataSourceRole.Api)] RoleDataSource dataSource) : IFileDesk
{
    private const int MostLeftOut = 1000;

    private const string Columns = "f.id, f.facility_id, f.external_id, f.name, f.kind, f.status, f.claim_count, f.left_out_count, f.error, f.received_at, f.stored_at";

    private const string Page = "ORDER BY f.id DESC LIMIT $3";

    private static readonly (string Column, string Name)[] _origin = [("host", "host"), ("poll_id", "poll"), ("batch_id", "batch"), ("trace_id", "trace")];

    /// <summary>Up to so many files that begin with a text are all looked at, to find the newest of them.</summary>
    internal int FewMatches { get; init; } = 5000;

    /// <summary>Where there are more, they are looked for among so many of the newest files first.</summary>
    internal int RecentFiles { get; init; } = 20_000;

    public async Task<IReadOnlyList<FileEntry>> SearchAsync(FileSearch search, CancellationToken cancellationToken)
    {
        string? text = search.Text?.Trim() is { Length: > 0 } given ? given : null;
        if (text?.Contains('\0', StringComparison.Ordinal) == true) return [];
        await using NpgsqlConnection connection = await dataSource.OpenReadAsync(cancellationToken: cancellationToken);
        return text is null
            ? await ReadAsync(connection, search, $"SELECT {Columns} FROM claims.claim_file f {Where(search)} {Page}", text, cancellationToken)
            : await SearchAsync(connection, search, text, cancellationToken);
    }

    public async Task<FileDetails?> FindAsync(long id, CancellationToken cancellationToken)
    {
        await using NpgsqlConnection connection = await dataSource.OpenPrimaryAsync(cancellationToken);
        await using var batch = new NpgsqlBatch(connection)
        {
            BatchCommands =
            {
                ById(
                    $"""
                    SELECT {Columns}, f.warnings, (f.status = 'quarantined' OR f.left_out_count > 0) AND EXISTS (SELECT FROM claims.claim_file_content c WHERE c.file_id = $1),
                           {string.Join(", ", _origin.Select(o => $"to_jsonb(f) ->> '{o.Column}'"))}
                    FROM claims.claim_file f WHERE f.id = $1
                    """),
                ById($"SELECT claim_no, claim_id, line, rule, reason FROM claims.claim_error WHERE file_id = $1 ORDER BY claim_no LIMIT {MostLeftOut}"),
            },
        };
        await using NpgsqlDataReader reader = await batch.ExecuteReaderAsync(cancellationToken);
        if (!await reader.ReadAsync(cancellationToken)) return null;
        FileEntry entry = ReadEntry(reader);
        string[] warnings = reader.GetFieldValue<string[]>(11);
        bool canReplay = reader.GetBoolean(12);
        var origin = new Dictionary<string, string>(StringComparer.Ordinal);
        for (int i = 0; i < _origin.Length; i++)
        {
            if (Text(reader, 13 + i) is { } value) origin.Add(_origin[i].Name, value);
        }

        await reader.NextResultAsync(cancellationToken);
        var leftOut = new List<LeftOutClaim>();
        while (await reader.ReadAsync(cancellationToken)) leftOut.Add(new LeftOutClaim(reader.GetInt32(0), Text(reader, 1), reader.GetInt32(2), reader.GetString(3), reader.GetString(4)));
        return new FileDetails(entry, warnings, leftOut, canReplay, origin);

        NpgsqlBatchCommand ById(string sql) => new(sql) { Parameters = { new NpgsqlParameter<long> { TypedValue = id } } };
    }

    /// <summary>
    /// No index has those that begin with a text in the order of their age. A few are sorted. Of many the newest are mostly found among the newest files; where not, because files are named by their day and
    /// another day is looked for, all of them are sorted.
    /// </summary>
    private async Task<IReadOnlyList<FileEntry>> SearchAsync(NpgsqlConnection connection, FileSearch search, string text, CancellationToken cancellationToken)
    {
        await using NpgsqlTransaction transaction = await connection.BeginTransactionAsync(cancellationToken);

        // One that can stop at its limit, and no other.
        await connection.ExecuteAsync("SET LOCAL enable_seqscan = off; SET LOCAL enable_bitmapscan = off", cancellationToken);
        long[]? few = await FindFewAsync(connection, text, cancellationToken);
        if (few is []) return [];
        if (few is not null)
        {
            IEnumerable<long> onPage = search is { FacilityId: null, Status: null } ? few.Where(id => search.Before is null || id < search.Before).OrderDescending().Take(search.Limit) : few;
            return await ReadAsync(connection, search, $"SELECT {Columns} FROM claims.claim_file f {Where(search, "f.id = ANY($4)")} {Page}", onPage.ToArray(), cancellationToken);
        }

        IReadOnlyList<FileEntry> recent = await ReadAsync(
            connection, search,
            $"SELECT {Columns} FROM (SELECT * FROM claims.claim_file f {Where(search)} ORDER BY f.id DESC LIMIT {RecentFiles}) f WHERE {BeginsAs("external_id")} OR {BeginsAs("name")} {Page}",
            text, cancellationToken);
        if (recent.Count == search.Limit) return recent;
        await connection.ExecuteAsync("SET LOCAL enable_bitmapscan = on", cancellationToken);
        return await ReadAsync(
            connection, search,
            $"""
            WITH found AS MATERIALIZED (
              SELECT id FROM claims.claim_file f {Where(search, BeginsAs("external_id"))}
              UNION
              SELECT id FROM claims.claim_file f {Where(search, BeginsAs("name"))}
            ), page AS MATERIALIZED (SELECT id FROM found f {Page})
            SELECT {Columns} FROM page JOIN claims.claim_file f USING (id) ORDER BY f.id DESC
            """,
            text, cancellationToken);
    }

    /// <returns>The numbers of the files whose external id or name begins with a text; <see langword="null"/> when there are many.</returns>
    private async Task<long[]?> FindFewAsync(NpgsqlConnection connection, string text, CancellationToken cancellationToken)
    {
        await using var command = new NpgsqlCommand(
            $"""
            SELECT array_agg(id) FROM (
              (SELECT id FROM claims.claim_file f WHERE {BeginsAs("external_id", 1)} LIMIT {FewMatches + 1})
              UNION
              (SELECT id FROM claims.claim_file f WHERE {BeginsAs("name", 1)} LIMIT {FewMatches + 1})
            ) found
            """,
            connection);
        command.Parameters.Add(new NpgsqlParameter<string> { TypedValue = text });
        long[] found = await command.ExecuteScalarAsync(cancellationToken) as long[] ?? [];
        return found.Length > FewMatches ? null : found;
    }

    /// <summary>A range that an index knows: what begins with a text lies between it and it with the last character of all behind.</summary>
    private static string BeginsAs(string column, int parameter = 4)
    {
        string text = column == "external_id" ? $"lower(${parameter} COLLATE \"C\")" : $"lower(${parameter})";
        return $"(lower(f.{column}) ~>=~ {text} AND lower(f.{column}) ~<~ ({text} || chr(1114111)))";
    }

    /// <summary>The conditions, of which only those are there that are asked for, so that each has its index.</summary>
    private static string Where(FileSearch search, string? more = null)
    {
        // The status is not a parameter: the indexes of files that were put aside are only for those.
        string[] conditions =
        [
            .. search.FacilityId is null ? [] : new[] { "f.facility_id = $1" },
            .. search.Status is not { } status ? [] : new[] { $"f.status = '{status.ToString().ToLowerInvariant()}'" },
            .. search.Before is null ? [] : new[] { "f.id < $2" },
            .. more is null ? [] : new[] { more },
        ];
        return conditions.Length == 0 ? "" : $"WHERE {string.Join(" AND ", conditions)}";
    }

    private static async Task<IReadOnlyList<FileEntry>> ReadAsync<T>(NpgsqlConnection connection, FileSearch search, string sql, T what, CancellationToken cancellationToken)
    {
        await using var command = new NpgsqlCommand(sql, connection);
        command.Parameters.Add(new NpgsqlParameter<string> { TypedValue = search.FacilityId ?? "" });
        command.Parameters.Add(new NpgsqlParameter<long> { TypedValue = search.Before ?? 0 });
        command.Parameters.Add(new NpgsqlParameter<int> { TypedValue = search.Limit });
        if (what is not null) command.Parameters.Add(new NpgsqlParameter<T> { TypedValue = what });
        var files = new List<FileEntry>();
        await using NpgsqlDataReader reader = await command.ExecuteReaderAsync(cancellationToken);
        while (await reader.ReadAsync(cancellationToken)) files.Add(ReadEntry(reader));
        return files;
    }

    private static FileEntry ReadEntry(NpgsqlDataReader reader) => new(
        reader.GetInt64(0), reader.GetString(1), reader.GetString(2), reader.GetString(3), Text(reader, 4), Enum.Parse<FileStatus>(reader.GetString(5), ignoreCase: true),
        reader.GetInt32(6), reader.GetInt32(7), Text(reader, 8), reader.GetFieldValue<DateTimeOffset>(9), reader.GetFieldValue<DateTimeOffset>(10));

    private static string? Text(NpgsqlDataReader reader, int column) => reader.IsDBNull(column) ? null : reader.GetString(column);
}
