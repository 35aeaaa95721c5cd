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

    /// <summary>Counts a slice.</summary>
    /// <returns>What is to be copied of it.</returns>
    public ClaimSlice Take(ClaimSlice slice)
    {
        Slices++;
        _counts = new FileCounts(
            _counts.Claims + slice.Submitted.Count,
            _counts.Activities + slice.Submitted.Sum(c => c.Activities.Count),
            _counts.RemittanceClaims + slice.Remitted.Count,
            _counts.LeftOut + slice.Errors.Count);
        if (slice.Errors.Count == 0) return slice;

        // No more are kept, so no more need be remembered: a huge file may have nothing but errors.
        _leftOut.AddRange(slice.Errors.Take(ClaimExcerpt.MaxClaims - _leftOut.Count).Select(e => e.Position));
        if (Errors is null) return slice;
        Errors.AddRange(slice.Errors);
        return new ClaimSlice { Submitted = slice.Submitted, Remitted = slice.Remitted };
    }

    public FileFate Fate() =>
        twinExternalId is not null
            ? new FileFate(FileStatus.Skipped, file.Outcome?.Kind, default, $"same content as {twinExternalId}")
            : new FileFate(file.Outcome!.Status, file.Outcome.Kind, _counts, file.Outcome.Reason);

    public LedgerRow Row(FileFate fate) =>
        new(fileId, file.File, fate, file.Outcome?.Header, file.Outcome?.Warnings ?? [], fate is { Status: FileStatus.Stored, Counts.LeftOut: > 0 } ? Cut : null);

    public KeptClaims? Cut(CancellationToken cancellationToken) => _leftOut.Count == 0 ? null : file.Excerpt?.Cut(_leftOut, _counts.LeftOut, cancellationToken);
}
