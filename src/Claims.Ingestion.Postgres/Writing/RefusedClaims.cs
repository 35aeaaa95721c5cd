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
    /// would cost the whole file: that takes one more pass over what was not copied yet. Of other files the first one is named.
    /// </exception>
    public static async Task CopyAsync(NpgsqlConnection connection, NpgsqlTransaction transaction, List<FileWrite> writes, CancellationToken cancellationToken)
    {
        using var rows = new SliceRows();
        var claims = new CopiedClaims();
        try
        {
            foreach (FileWrite write in writes.Where(w => w.CopiesSlices))
            {
                await foreach (ClaimSlice slice in write.File.ReadSlicesAsync(cancellationToken))
                {
                    ClaimSlice piece = write.Take(slice);
                    rows.Add(new FileSlice(write.FileId, write.File.File.FacilityId, piece));
                    claims.Add(write.Place, piece);
                    if (!rows.IsFull) continue;
                    await rows.CopyAsync(connection, cancellationToken);
                    claims.Clear();
                }
            }

            await rows.CopyAsync(connection, cancellationToken);
        }
        catch (PostgresException exception) when (Find(claims, exception) is { } found)
        {
            await transaction.RollbackAsync(cancellationToken);
            FileWrite write = writes.First(w => w.Place == found.File);
            var refused = new Dictionary<int, string> { [found.Position] = StoreErrors.Reason(exception) };
            if (write.Slices > 1) await SurveyAsync(connection, write, claims.FirstPosition, refused, cancellationToken);
            throw new ClaimRefusedException(
                write.File.File.FacilityId, write.File.File.ExternalId, [.. refused.OrderBy(r => r.Key).Select(r => new RefusedClaim(r.Key, r.Value))]);
        }
    }

    private static (int File, int Position)? Find(CopiedClaims claims, PostgresException exception) =>
        StoreErrors.RefusedRow(exception) is { } row ? claims.Find(row.Table, row.Row) : null;

    /// <summary>Goes through the rest of a file slice by slice, in a transaction that leaves nothing behind, to find its other refused claims.</summary>
    private static async Task SurveyAsync(NpgsqlConnection connection, FileWrite write, int from, Dictionary<int, string> refused, CancellationToken cancellationToken)
    {
        await using NpgsqlTransaction transaction = await connection.BeginTransactionAsync(cancellationToken);
        await foreach (ClaimSlice slice in write.File.ReadSlicesAsync(cancellationToken))
        {
            if (slice.Submitted.All(c => c.Position < from) && slice.Remitted.All(c => c.Position < from)) continue;
            await transaction.SaveAsync(Savepoint, cancellationToken);
            while (!await TryAsync(connection, write, slice, refused, cancellationToken)) await transaction.RollbackAsync(Savepoint, cancellationToken);
            if (refused.Count > PrunedFile.MaxRefused) return;
            await transaction.RollbackAsync(Savepoint, cancellationToken);
        }
    }

    /// <returns>Whether there is no need to try the slice again.</returns>
    private static async Task<bool> TryAsync(
        NpgsqlConnection connection, FileWrite write, ClaimSlice slice, Dictionary<int, string> refused, CancellationToken cancellationToken)
    {
        ClaimSlice rest = PrunedFile.Without(slice, refused);
        using var rows = new SliceRows();
        var claims = new CopiedClaims();
        rows.Add(new FileSlice(write.FileId, write.File.File.FacilityId, new ClaimSlice { Submitted = rest.Submitted, Remitted = rest.Remitted }));
        claims.Add(write.Place, rest);
        try
        {
            await rows.CopyAsync(connection, cancellationToken);
            return true;
        }
        catch (PostgresException exception) when (Find(claims, exception) is { } found)
        {
            refused[found.Position] = StoreErrors.Reason(exception);
            return refused.Count > PrunedFile.MaxRefused;
        }
    }
}
