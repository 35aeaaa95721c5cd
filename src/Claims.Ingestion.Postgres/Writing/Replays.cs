using System.Diagnostics;
using Claims.Ingestion.Diagnostics;
using Claims.Ingestion.Postgres.Partitions;
using Claims.Ingestion.Reading;
using Claims.Ingestion.Scheduling;
using Claims.Ingestion.Storage;
using Npgsql;
using NpgsqlTypes;

namespace Claims.Ingestion.Postgres.Writing;

/// <summary>
/// Stores what was not stored of a file, in the transaction of the caller, who has the ledger locks. Tables are written in the order of storing; rows of
/// errors and of the ledger, which are changed here, belong to this one file, and its locks keep other replays away.
/// </summary>
internal static class Replays
{
    /// <summary>Stores a quarantined file under its row, if it can be stored now.</summary>
    /// <returns>Its fate; while that is still the quarantine, the transaction must not be committed.</returns>
    public static async Task<FileFate> WholeAsync(
        NpgsqlConnection connection, NpgsqlTransaction transaction, MonthPartitions months, Guid batchId, ReadFile file, FileFate known, string? twinExternalId,
        CancellationToken cancellationToken)
    {
        if (known.Status != FileStatus.Quarantined) return known;
        long fileId = await FileIdAsync(connection, file.File, cancellationToken);
        await months.EnsureAsync(connection, fileId, cancellationToken);
        var write = new FileWrite(0, fileId, file, file.Outcome?.Status is null or FileStatus.Stored ? twinExternalId : null);
        await RefusedClaims.CopyAsync(connection, transaction, [write], cancellationToken);
        FileFate fate = write.Fate();
        if (fate.Status == FileStatus.Quarantined) return fate;

        LedgerRow row = write.Row(fate);
        await using (var update = new NpgsqlCommand(
            """
            UPDATE claims.claim_file
            SET kind = $2, status = $3, claim_count = $4, activity_count = $5, left_out_count = $6, declared_count = $7, error = $8, warnings = $9,
                sender_id = $10, receiver_id = $11, transaction_date = $12, content_hash = $13, byte_count = $14, stored_at = now(),
                host = $15, batch_id = $16, trace_id = $17
            WHERE id = $1
            """,
            connection))
        {
            update.Parameters.Add(new NpgsqlParameter<long> { TypedValue = fileId });
            update.Parameters.Add(Text(fate.Kind?.ToString().ToLowerInvariant()));
            update.Parameters.Add(Text(fate.Status.ToString().ToLowerInvariant()));
            update.Parameters.Add(new NpgsqlParameter<int> { TypedValue = fate.Counts.Claims + fate.Counts.RemittanceClaims });
            update.Parameters.Add(new NpgsqlParameter<int> { TypedValue = fate.Counts.Activities });
            update.Parameters.Add(new NpgsqlParameter<int> { TypedValue = fate.Counts.LeftOut });
            update.Parameters.Add(new NpgsqlParameter { Value = row.Header?.RecordCount ?? (object)DBNull.Value, NpgsqlDbType = NpgsqlDbType.Integer });
            update.Parameters.Add(Text(fate.Reason));
            update.Parameters.Add(new NpgsqlParameter<string[]> { TypedValue = [.. row.Warnings] });
            update.Parameters.Add(Text(row.Header?.SenderId));
            update.Parameters.Add(Text(row.Header?.ReceiverId));
            update.Parameters.Add(new NpgsqlParameter { Value = row.Header?.TransactionDate.UtcDateTime ?? (object)DBNull.Value, NpgsqlDbType = NpgsqlDbType.TimestampTz });
            update.Parameters.Add(new NpgsqlParameter<byte[]> { TypedValue = file.File.ContentHash.ToArray() });
            update.Parameters.Add(new NpgsqlParameter<long> { TypedValue = file.File.Length });
            update.Parameters.Add(Text(HostName.Value));
            update.Parameters.Add(new NpgsqlParameter<Guid> { TypedValue = batchId });
            update.Parameters.Add(Text(Traces.IdOf(Activity.Current?.Context ?? default)));
            await update.ExecuteNonQueryAsync(cancellationToken);
        }

        await KeepAgainAsync(connection, fileId, row.Cut?.Invoke(cancellationToken), cancellationToken);
        await Ledger.CountChangesAsync(connection, [(fileId, fate.Counts.Claims, fate.Counts.RemittanceClaims)], cancellationToken);
        return fate;
    }

    /// <summary>Stores those of a stored file's left-out claims that pass now.</summary>
    public static async Task<FileFate> LeftOutAsync(
        NpgsqlConnection connection, NpgsqlTransaction transaction, MonthPartitions months, ReadFile file, FileFate known, IReadOnlyList<int> leftOut, CancellationToken cancellationToken)
    {
        long fileId = await FileIdAsync(connection, file.File, cancellationToken);
        if (!await AreLeftOutAsync(connection, fileId, leftOut, cancellationToken)) return known;
        await months.EnsureAsync(connection, fileId, cancellationToken);
        var errors = new List<ClaimError>();
        var write = new FileWrite(0, fileId, file, twinExternalId: null) { Errors = errors };
        await RefusedClaims.CopyAsync(connection, transaction, [write], cancellationToken);
        if (write.IsVoid) throw new ClaimStoreException($"the claims cannot be read: {file.Outcome!.Reason}", isTransient: false);

        HashSet<int> still = [.. errors.Select(e => e.Position)];
        int[] passed = [.. leftOut.Where(p => !still.Contains(p))];
        FileFate fate = await SettleAsync(connection, fileId, passed, errors, write.Counts, cancellationToken);
        await KeepAgainAsync(connection, fileId, write.Cut(cancellationToken), cancellationToken);
        await Ledger.CountChangesAsync(
            connection, [fate.Kind == ClaimFileKind.Remittance ? (fileId, 0, passed.Length) : (fileId, passed.Length, 0)], cancellationToken);
        return fate;
    }

    private static NpgsqlParameter Text(string? value) => new() { Value = value ?? (object)DBNull.Value, NpgsqlDbType = NpgsqlDbType.Text };

    private static async Task<long> FileIdAsync(NpgsqlConnection connection, ClaimFile file, CancellationToken cancellationToken)
    {
        await using var command = new NpgsqlCommand("SELECT id FROM claims.claim_file WHERE facility_id = $1 AND external_id = $2", connection);
        command.Parameters.Add(new NpgsqlParameter<string> { TypedValue = file.FacilityId });
        command.Parameters.Add(new NpgsqlParameter<string> { TypedValue = file.ExternalId });
        return (long)(await command.ExecuteScalarAsync(cancellationToken))!;
    }

    private static async Task<bool> AreLeftOutAsync(NpgsqlConnection connection, long fileId, IReadOnlyList<int> claimNos, CancellationToken cancellationToken)
    {
        await using var command = new NpgsqlCommand("SELECT count(*) FROM claims.claim_error WHERE file_id = $1 AND claim_no = ANY($2)", connection);
        command.Parameters.Add(new NpgsqlParameter<long> { TypedValue = fileId });
        command.Parameters.Add(new NpgsqlParameter<int[]> { TypedValue = [.. claimNos] });
        return (long)(await command.ExecuteScalarAsync(cancellationToken))! == claimNos.Count;
    }

    // A claim that still fails keeps its line: that is its place in the file, not in what was kept of it.
    private static async Task<FileFate> SettleAsync(
        NpgsqlConnection connection, long fileId, int[] passed, List<ClaimError> errors, FileCounts counts, CancellationToken cancellationToken)
    {
        await using var batch = new NpgsqlBatch(connection);
        batch.BatchCommands.Add(new NpgsqlBatchCommand("DELETE FROM claims.claim_error WHERE file_id = $1 AND claim_no = ANY($2)")
        {
            Parameters = { new NpgsqlParameter<long> { TypedValue = fileId }, new NpgsqlParameter<int[]> { TypedValue = passed } },
        });
        batch.BatchCommands.Add(new NpgsqlBatchCommand(
            """
            UPDATE claims.claim_error e SET rule = n.rule, reason = n.reason
            FROM unnest($2, $3, $4) AS n (claim_no, rule, reason)
            WHERE e.file_id = $1 AND e.claim_no = n.claim_no AND (e.rule, e.reason) IS DISTINCT FROM (n.rule, n.reason)
            """)
        {
            Parameters =
            {
                new NpgsqlParameter<long> { TypedValue = fileId },
                new NpgsqlParameter<int[]> { TypedValue = [.. errors.Select(e => e.Position)] },
                new NpgsqlParameter<string[]> { TypedValue = [.. errors.Select(e => e.Rule)] },
                new NpgsqlParameter<string[]> { TypedValue = [.. errors.Select(e => e.Reason)] },
            },
        });
        batch.BatchCommands.Add(new NpgsqlBatchCommand(
            $"""
            UPDATE claims.claim_file
            SET claim_count = claim_count + $2, activity_count = activity_count + $3, left_out_count = left_out_count - $2
            WHERE id = $1
            RETURNING {Ledger.FateColumns}
            """)
        {
            Parameters =
            {
                new NpgsqlParameter<long> { TypedValue = fileId },
                new NpgsqlParameter<int> { TypedValue = passed.Length },
                new NpgsqlParameter<int> { TypedValue = counts.Activities },
            },
        });
        await using NpgsqlDataReader reader = await batch.ExecuteReaderAsync(cancellationToken);
        await reader.ReadAsync(cancellationToken);
        return Ledger.ReadFate(reader, 1);
    }

    private static async Task KeepAgainAsync(NpgsqlConnection connection, long fileId, KeptClaims? kept, CancellationToken cancellationToken)
    {
        await using (var delete = new NpgsqlCommand("DELETE FROM claims.claim_file_content WHERE file_id = $1", connection))
        {
            delete.Parameters.Add(new NpgsqlParameter<long> { TypedValue = fileId });
            await delete.ExecuteNonQueryAsync(cancellationToken);
        }

        if (kept is not null) await Ledger.KeepAsync(connection, fileId, kept.Content, kept.Positions, cancellationToken);
    }
}
