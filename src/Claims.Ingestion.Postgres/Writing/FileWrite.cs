using System.Runtime.CompilerServices;
using Claims.Ingestion.Reading;
using Claims.Ingestion.Storage;

namespace Claims.Ingestion.Postgres.Writing;

/// <summary>A file of a batch that is being written: what is counted of it on the way.</summary>
/// <param name="place">The place of the file in the batch.</param>
/// <param name="fileId">The file's number in the ledger.</param>
/// <param name="file">The file.</param>
/// <param name="twinExternalId">The stored file with the same content, if any.</param>
internal sealed class FileWrite(int place, long fileId, ReadFile file, string? twinExternalId)
{
    private readonly List<int> _leftOut = [];
    private FileCounts _counts;

    public int Place => place;

    public long FileId => fileId;

    public ReadFile File => file;

    public FileCounts Counts => _counts;

    public bool CopiesSlices { get; } = twinExternalId is null && (file.Outcome?.Status is null or FileStatus.Stored);

    /// <summary>Gets the claims that are left out instead of their table, when set.</summary>
    public List<ClaimError>? Errors { get; init; }

    /// <summary>How many slices were copied.</summary>
    public int Slices { get; private set; }

    /// <summary>Whether slices were copied of a file that cannot be stored after all.</summary>
    public bool IsVoid => CopiesSlices && file.Outcome!.Status != FileStatus.Stored;

    /// <summary>Goes through the rows of the file's claims, and counts them. What is given holds until the next one is asked for.</summary>
    public async IAsyncEnumerable<EncodedRows> ReadAsync([EnumeratorCancellation] CancellationToken cancellationToken)
    {
        if (Errors is null && file.Encoded is EncodedRows encoded)
        {
            yield return Count(encoded);
            yield break;
        }

        await foreach (ClaimSlice slice in file.ReadSlicesAsync(cancellationToken))
        {
            Errors?.AddRange(slice.Errors);
            using var rows = new EncodedRows(file.File.FacilityId);
            rows.Add(slice);
            yield return Count(rows);
        }
    }

    public FileFate Fate() =>
        twinExternalId is not null
            ? new FileFate(FileStatus.Skipped, file.Outcome?.Kind, default, $"same content as {twinExternalId}")
            : new FileFate(file.Outcome!.Status, file.Outcome.Kind, _counts, file.Outcome.Reason);

    public LedgerRow Row(FileFate fate) =>
        new(fileId, file.File, fate, file.Outcome?.Header, file.Outcome?.Warnings ?? [], fate is { Status: FileStatus.Stored, Counts.LeftOut: > 0 } ? Cut : null);

    public KeptClaims? Cut(CancellationToken cancellationToken) => _leftOut.Count == 0 ? null : file.Excerpt?.Cut(_leftOut, _counts.LeftOut, cancellationToken);

    private EncodedRows Count(EncodedRows rows)
    {
        Slices++;
        FileCounts counts = rows.Counts;
        _counts = new FileCounts(
            _counts.Claims + counts.Claims, _counts.Activities + counts.Activities, _counts.RemittanceClaims + counts.RemittanceClaims, _counts.LeftOut + counts.LeftOut);

        // No more are kept, so no more need be remembered: a huge file may have nothing but errors.
        _leftOut.AddRange(rows.LeftOut.Take(ClaimExcerpt.MaxClaims - _leftOut.Count));
        return rows;
    }
}
