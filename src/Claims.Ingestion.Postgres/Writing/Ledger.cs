using Claims.Ingestion.Reading;
using Claims.Ingestion.Scheduling;
using Claims.Ingestion.Storage;
using Npgsql;
using NpgsqlTypes;

namespace Claims.Ingestion.Postgres.Writing;

/// <summary>What the ledger knows of a file already: its own fate, or the external id of a stored file with the same content.</summary>
internal readonly record struct LedgerEntry(FileFate? Known, string? TwinExternalId);

/// <summary>The statements on <c>claims.claim_file</c> and what goes with it.</summary>
internal static class Ledger
{
    private static readonly string[] Columns =
    [
        "id", "facility_id", "external_id", "name", "kind", "status", "claim_count", "activity_count", "left_out_count", "declared_count", "error", "warnings",
        "sender_id", "receiver_id", "transaction_date", "content_hash", "byte_count", "received_at", "lease_epoch",
        "host", "poll_id", "batch_id", "trace_id",
    ];

    public const string FateColumns = "external_id, kind, status, claim_count, activity_count, left_out_count, error";

    public static async Task<Dictionary<string, FileFate>> FindFatesAsync(
        NpgsqlConnection connection, string facilityId, IReadOnlyCollection<string> externalIds, CancellationToken cancellationToken)
    {
        await using var command = new NpgsqlCommand(
            $"SELECT {FateColumns} FROM claims.claim_file WHERE facility_id = $1 AND external_id = ANY($2)", connection);
        command.Parameters.Add(new NpgsqlParameter<string> { TypedValue = facilityId });
        command.Parameters.Add(new NpgsqlParameter<string[]> { TypedValue = [.. externalIds] });
        var fates = new Dictionary<string, FileFate>(StringComparer.Ordinal);
        await using NpgsqlDataReader reader = await command.ExecuteReaderAsync(cancellationToken);
        while (await reader.ReadAsync(cancellationToken)) fates.Add(reader.GetString(0), ReadFate(reader, 1));
        return fates;
    }

    /// <summary>Locks the files against every other host until the transaction ends, and says what is known of them and which ids new ones get: all of one month.</summary>
    public static async Task<(LedgerEntry[] Entries, long[] FileIds)> LockAndFindAsync(
        NpgsqlConnection connection, IReadOnlyList<ReadFile> batch, long[] locks, CancellationToken cancellationToken)
    {
        await using var commands = new NpgsqlBatch(connection);
        commands.BatchCommands.Add(new NpgsqlBatchCommand("SELECT count(pg_advisory_xact_lock(key)) FROM unnest($1) AS key")
        {
            Parameters = { new NpgsqlParameter<long[]> { TypedValue = locks } },
        });
        commands.BatchCommands.Add(new NpgsqlBatchCommand(
            $"""
            SELECT i.place, {FateColumns}
            FROM unnest($1, $2) WITH ORDINALITY AS i (facility, id, place)
            JOIN claims.claim_file f ON f.facility_id = i.facility AND f.external_id = i.id
            """)
        {
            Parameters =
            {
                new NpgsqlParameter<string[]> { TypedValue = [.. batch.Select(f => f.File.FacilityId)] },
                new NpgsqlParameter<string[]> { TypedValue = [.. batch.Select(f => f.File.ExternalId)] },
            },
        });
        commands.BatchCommands.Add(new NpgsqlBatchCommand(
            """
            SELECT i.place, f.external_id
            FROM unnest($1, $2) WITH ORDINALITY AS i (facility, hash, place)
            JOIN claims.claim_file f ON f.facility_id = i.facility AND f.content_hash = i.hash AND f.status = 'stored'
            """)
        {
            Parameters =
            {
                new NpgsqlParameter<string[]> { TypedValue = [.. batch.Select(f => f.File.FacilityId)] },
                new NpgsqlParameter<byte[][]> { TypedValue = [.. batch.Select(f => f.File.ContentHash.ToArray())] },
            },
        });
        commands.BatchCommands.Add(new NpgsqlBatchCommand("SELECT claims.first_file_id(claims.file_month()) + nextval('claims.claim_file_id') FROM generate_series(1, $1)")
        {
            Parameters = { new NpgsqlParameter<int> { TypedValue = batch.Count } },
        });

        var entries = new LedgerEntry[batch.Count];
        var fileIds = new List<long>(batch.Count);
        await using NpgsqlDataReader reader = await commands.ExecuteReaderAsync(cancellationToken);
        await reader.NextResultAsync(cancellationToken);
        while (await reader.ReadAsync(cancellationToken))
            entries[reader.GetInt64(0) - 1] = new LedgerEntry(ReadFate(reader, 2), null);
        await reader.NextResultAsync(cancellationToken);
        while (await reader.ReadAsync(cancellationToken))
            entries[reader.GetInt64(0) - 1] = entries[reader.GetInt64(0) - 1] with { TwinExternalId = reader.GetString(1) };
        await reader.NextResultAsync(cancellationToken);
        while (await reader.ReadAsync(cancellationToken)) fileIds.Add(reader.GetInt64(0));
        return (entries, [.. fileIds]);
    }

    public static async Task InsertAsync(NpgsqlConnection connection, Guid batchId, IReadOnlyList<LedgerRow> rows, CancellationToken cancellationToken)
    {
        using (var written = new RowWriter())
        using (var copy = new CopyBuffer())
        {
            foreach (LedgerRow row in rows)
            {
                FileHeader? header = row.Header;
                FileFate fate = row.Fate;
                written.StartRow(table: 0, Columns.Length);
                written.Write(row.FileId);
                written.Write(row.File.FacilityId);
                written.Write(row.File.ExternalId);
                written.Write(row.File.Name);
                written.Write(fate.Kind?.ToString().ToLowerInvariant());
                written.Write(fate.Status.ToString().ToLowerInvariant());
                written.Write(fate.Counts.Claims + fate.Counts.RemittanceClaims);
                written.Write(fate.Counts.Activities);
                written.Write(fate.Counts.LeftOut);
                written.Write(header?.RecordCount);
                written.Write(fate.Reason);
                written.Write(row.Warnings);
                written.Write(header?.SenderId);
                written.Write(header?.ReceiverId);
                written.Write(header?.TransactionDate);
                written.Write(row.File.ContentHash.Span);
                written.Write(row.File.Length);
                written.Write(row.File.ReceivedAt);
                written.Write(row.File.LeaseEpoch);
                written.Write(HostName.Value);
                written.Write(row.File.PollId);
                written.Write(batchId);
                written.Write(row.File.TraceId);
            }

            foreach (EncodedRow row in written) copy.Add(row.Bytes);
            await copy.SendAsync(connection, $"claim_file ({string.Join(", ", Columns)})", cancellationToken);
        }

        foreach (LedgerRow row in rows)
        {
            if (row.Fate.Status == FileStatus.Quarantined)
            {
                await using Stream content = row.File.OpenRead();
                await KeepAsync(connection, row.FileId, content, claimNos: null, cancellationToken);
            }
            else if (row.Cut?.Invoke(cancellationToken) is { } kept)
                await KeepAsync(connection, row.FileId, kept.Content, kept.Positions, cancellationToken);
        }

        await CountChangesAsync(connection, [.. rows.Select(r => (r.FileId, r.Fate.Counts.Claims, r.Fate.Counts.RemittanceClaims))], cancellationToken);
    }

    /// <summary>Keeps what was not stored of a file.</summary>
    /// <param name="connection">The connection, in a transaction.</param>
    /// <param name="fileId">The file.</param>
    /// <param name="content">The bytes, or a stream of them.</param>
    /// <param name="claimNos">The places in the file of the claims that the content holds; <see langword="null"/> for a whole file.</param>
    /// <param name="cancellationToken">The token to cancel it.</param>
    public static async Task KeepAsync(NpgsqlConnection connection, long fileId, object content, IReadOnlyList<int>? claimNos, CancellationToken cancellationToken)
    {
        await using var insert = new NpgsqlCommand("INSERT INTO claims.claim_file_content (file_id, content, claim_nos) VALUES ($1, $2, $3)", connection);
        insert.Parameters.Add(new NpgsqlParameter<long> { TypedValue = fileId });
        insert.Parameters.Add(new NpgsqlParameter { Value = content, NpgsqlDbType = NpgsqlDbType.Bytea });
        insert.Parameters.Add(new NpgsqlParameter { Value = claimNos?.ToArray() ?? (object)DBNull.Value, NpgsqlDbType = NpgsqlDbType.Array | NpgsqlDbType.Integer });
        await insert.ExecuteNonQueryAsync(cancellationToken);
    }

    /// <summary>Tells the views which files have new claims, and how many.</summary>
    public static async Task CountChangesAsync(
        NpgsqlConnection connection, IReadOnlyList<(long FileId, int Claims, int RemittanceClaims)> files, CancellationToken cancellationToken)
    {
        (long FileId, int Claims, int RemittanceClaims)[] changed = [.. files.Where(f => f.Claims + f.RemittanceClaims > 0)];
        if (changed.Length == 0) return;
        int remittances = changed.Sum(f => f.RemittanceClaims);
        await using var count = new NpgsqlCommand("INSERT INTO claims.view_change (rows, remittance_rows, file_ids) VALUES ($1, $2, $3)", connection);
        count.Parameters.Add(new NpgsqlParameter<int> { TypedValue = changed.Sum(f => f.Claims) + remittances });
        count.Parameters.Add(new NpgsqlParameter<int> { TypedValue = remittances });
        count.Parameters.Add(new NpgsqlParameter<long[]> { TypedValue = [.. changed.Select(f => f.FileId)] });
        await count.ExecuteNonQueryAsync(cancellationToken);
    }

    public static FileFate ReadFate(NpgsqlDataReader reader, int at)
    {
        ClaimFileKind? kind = reader.IsDBNull(at) ? null : Enum.Parse<ClaimFileKind>(reader.GetString(at), ignoreCase: true);
        int claims = reader.GetInt32(at + 2);
        var counts = new FileCounts(
            kind == ClaimFileKind.Remittance ? 0 : claims,
            reader.GetInt32(at + 3),
            kind == ClaimFileKind.Remittance ? claims : 0,
            reader.GetInt32(at + 4));
        return new FileFate(
            Enum.Parse<FileStatus>(reader.GetString(at + 1), ignoreCase: true), kind, counts, reader.IsDBNull(at + 5) ? null : reader.GetString(at + 5));
    }
}

/// <summary>A new row of the ledger.</summary>
/// <param name="FileId">The file's number.</param>
/// <param name="File">The file.</param>
/// <param name="Fate">What became of it.</param>
/// <param name="Header">Its header, when it could be read.</param>
/// <param name="Warnings">What was odd.</param>
/// <param name="Cut">Cuts out the claims that were left out of a stored file, when there are any and it can be done.</param>
internal sealed record LedgerRow(
    long FileId, ClaimFile File, FileFate Fate, FileHeader? Header, IReadOnlyList<string> Warnings, Func<CancellationToken, KeptClaims?>? Cut);
