using Npgsql;

namespace Claims.Ingestion.Postgres.Writing;

/// <summary>The rows of claims of some files, to be copied into one table after the other, always in the same order.</summary>
internal sealed class ClaimCopy : IDisposable
{
    // Beyond that, a COPY of more rows saves nothing any more.
    private const long MaxBytes = 8L * 1024 * 1024;

    private readonly CopyBuffer[] _buffers = [.. ClaimTable.All.Select(_ => new CopyBuffer())];

    /// <summary>Whether so much is held that it should be copied now.</summary>
    public bool IsFull => _buffers.Sum(b => b.Length) >= MaxBytes;

    /// <summary>The place in its file of the first claim that is held, or 0.</summary>
    public int FirstClaimNo
    {
        get
        {
            ReadOnlySpan<byte> row = Rows(ClaimTable.Claims).Find(1);
            if (row.IsEmpty) row = Rows(ClaimTable.RemittedClaims).Find(1);
            return row.IsEmpty ? 0 : ClaimTable.ClaimNoOf(row);
        }
    }

    /// <param name="fileId">The file.</param>
    /// <param name="rows">Rows of its claims.</param>
    /// <param name="withErrors">Whether to take the rows of claims that are left out, too.</param>
    public void Add(long fileId, EncodedRows rows, bool withErrors = true)
    {
        foreach (EncodedRow row in rows)
        {
            if (row.Table == ClaimTable.Errors.Number && !withErrors) continue;
            ClaimTable.SetFileId(_buffers[row.Table].Add(row.Bytes), fileId);
        }
    }

    /// <summary>Copies what is held, and holds nothing any more. A COPY is begun only when there is a row for it.</summary>
    public async Task CopyAsync(NpgsqlConnection connection, CancellationToken cancellationToken)
    {
        foreach (ClaimTable table in ClaimTable.All)
        {
            if (Rows(table).Rows > 0) await Rows(table).SendAsync(connection, table.Target, cancellationToken);
        }

        foreach (CopyBuffer buffer in _buffers) buffer.Clear();
    }

    /// <summary>Finds the claim of a row that was not copied, since the server refused it or a later one: it names rows by their number.</summary>
    /// <param name="table">The table, without the schema.</param>
    /// <param name="row">The number of the row in the COPY into that table, from 1.</param>
    /// <returns>The file and the claim's place in it, or <see langword="null"/> when it is of no claim.</returns>
    public (long FileId, int ClaimNo)? Find(string table, long row)
    {
        ClaimTable? known = Array.Find(ClaimTable.All, t => t.Name == table && t != ClaimTable.Errors);
        ReadOnlySpan<byte> found = known is null ? default : Rows(known).Find(row);
        return found.IsEmpty ? null : (ClaimTable.FileIdOf(found), ClaimTable.ClaimNoOf(found));
    }

    public void Dispose()
    {
        foreach (CopyBuffer buffer in _buffers) buffer.Dispose();
    }

    private CopyBuffer Rows(ClaimTable table) => _buffers[table.Number];
}
