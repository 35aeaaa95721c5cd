using Claims.Ingestion.Pipeline;
using Claims.Ingestion.Reading;
using Claims.Ingestion.Storage;
using Npgsql;

namespace Claims.Ingestion.Postgres.Writing;

/// <summary>Copies the slices of files, and finds out which claims the server refuses.</summary>
internal static class RefusedClaims
{
    private const string Savepoint = "slice";

    /// <summary>Copies everything.</summary>
    /// <exception cref="ClaimRefusedException">
    /// The server refused a claim; the transaction is rolled back. Of a file that flows in slices all refused claims are named, since every further try
    /// would cost the whole file: that takes one more pass over what was not copied yet. Of other files the first one is named. When the server does not say which
    /// row it refuses, and there is only one file, its refused claims are found by trying parts of it.
    /// </exception>
    public static async Task CopyAsync(NpgsqlConnection connection, NpgsqlTransaction transaction, List<FileWrite> writes, CancellationToken cancellationToken)
    {
        using var copy = new ClaimCopy();
        try
        {
            foreach (FileWrite write in writes.Where(w => w.CopiesSlices))
            {
                await foreach (EncodedRows rows in write.ReadAsync(cancellationToken))
                {
                    copy.Add(write.FileId, rows, withErrors: write.Errors is null);
                    if (copy.IsFull) await copy.CopyAsync(connection, cancellationToken);
                }
            }

            await copy.CopyAsync(connection, cancellationToken);
        }
        catch (PostgresException exception) when (Find(copy, exception) is { } found)
        {
            await transaction.RollbackAsync(cancellationToken);
            FileWrite write = writes.First(w => w.FileId == found.FileId);
            var refused = new Dictionary<int, string> { [found.ClaimNo] = StoreErrors.Reason(exception) };
            if (write.Slices > 1) await new Survey(connection, write, refused).RunAsync(copy.FirstClaimNo, cancellationToken);
            throw Refusal(write, refused);
        }
        catch (PostgresException exception) when (StoreErrors.IsContent(exception) && writes.Count == 1)
        {
            await transaction.RollbackAsync(cancellationToken);
            var refused = new Dictionary<int, string>();
            await new Survey(connection, writes[0], refused).RunAsync(copy.FirstClaimNo, cancellationToken);
            if (refused.Count == 0) throw;
            throw Refusal(writes[0], refused);
        }
    }

    private static ClaimRefusedException Refusal(FileWrite write, Dictionary<int, string> refused) => new(
        write.File.File.FacilityId, write.File.File.ExternalId, [.. refused.OrderBy(r => r.Key).Select(r => new RefusedClaim(r.Key, r.Value))]);

    private static (long FileId, int ClaimNo)? Find(ClaimCopy copy, PostgresException exception) =>
        StoreErrors.RefusedRow(exception) is { } row ? copy.Find(row.Table, row.Row) : null;

    /// <summary>Goes through the rest of a file slice by slice, in a transaction that leaves nothing behind, to find its refused claims.</summary>
    private sealed class Survey(NpgsqlConnection connection, FileWrite write, Dictionary<int, string> refused)
    {
        private bool IsEnough => refused.Count > PrunedFile.MaxRefused;

        public async Task RunAsync(int from, CancellationToken cancellationToken)
        {
            await using NpgsqlTransaction transaction = await connection.BeginTransactionAsync(cancellationToken);
            await foreach (ClaimSlice slice in write.File.ReadSlicesAsync(cancellationToken))
            {
                await TryAsync(transaction, [.. slice.Submitted.Where(c => c.Position >= from)], [.. slice.Remitted.Where(c => c.Position >= from)], cancellationToken);
                if (IsEnough) return;
            }
        }

        private async Task TryAsync(NpgsqlTransaction transaction, SubmittedClaim[] submitted, RemittedClaim[] remitted, CancellationToken cancellationToken)
        {
            while (!IsEnough)
            {
                submitted = [.. submitted.Where(c => !refused.ContainsKey(c.Position))];
                remitted = [.. remitted.Where(c => !refused.ContainsKey(c.Position))];
                (PostgresException? error, int? position) = await CopyAsync(transaction, new ClaimSlice { Submitted = submitted, Remitted = remitted }, cancellationToken);
                if (error is null) return;
                if (position is { } named) refused[named] = StoreErrors.Reason(error);
                else if (submitted.Length + remitted.Length == 1) refused[submitted.Length == 1 ? submitted[0].Position : remitted[0].Position] = StoreErrors.Reason(error);
                else
                {
                    // One of them is empty: a file has claims of one kind.
                    (int s, int r) = (submitted.Length / 2, remitted.Length / 2);
                    await TryAsync(transaction, submitted[..s], remitted[..r], cancellationToken);
                    await TryAsync(transaction, submitted[s..], remitted[r..], cancellationToken);
                    return;
                }
            }
        }

        /// <returns>What the server has against the claims, and the position of the claim when it names one.</returns>
        private async Task<(PostgresException? Error, int? Position)> CopyAsync(NpgsqlTransaction transaction, ClaimSlice slice, CancellationToken cancellationToken)
        {
            using var rows = new EncodedRows(write.File.File.FacilityId);
            using var copy = new ClaimCopy();
            rows.Add(slice);
            copy.Add(write.FileId, rows);
            await transaction.SaveAsync(Savepoint, cancellationToken);
            (PostgresException?, int?) result = default;
            try
            {
                await copy.CopyAsync(connection, cancellationToken);
            }
            catch (PostgresException exception) when (StoreErrors.IsContent(exception))
            {
                result = (exception, Find(copy, exception)?.ClaimNo);
            }

            await transaction.RollbackAsync(Savepoint, cancellationToken);
            return result;
        }
    }
}
