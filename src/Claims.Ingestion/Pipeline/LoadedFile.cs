using System.Runtime.CompilerServices;
using Claims.Ingestion.Reading;
using Claims.Ingestion.Storage;

namespace Claims.Ingestion.Pipeline;

/// <summary>A file that was read: its claims are in memory, encoded for the store or as they were read, or it has none because it is quarantined or skipped.</summary>
internal sealed class LoadedFile : ReadFile, IDisposable
{
    private readonly ClaimSlice? _slice;
    private readonly ReadFile? _again;

    /// <param name="file">The file.</param>
    /// <param name="outcome">How the reading ended.</param>
    /// <param name="slice">The claims, if it has any.</param>
    /// <param name="excerpt">Cuts claims out of it.</param>
    public LoadedFile(ClaimFile file, ReadOutcome outcome, ClaimSlice? slice, ClaimExcerpt? excerpt = null)
    {
        (File, Outcome, Excerpt, _slice) = (file, outcome, excerpt, slice);
        ClaimCount = slice is null ? 0 : slice.Submitted.Count + slice.Remitted.Count;
    }

    /// <param name="again">The same file, to be read once more by whoever needs its claims as they were.</param>
    /// <param name="outcome">How the reading ended.</param>
    /// <param name="encoded">The claims. They are disposed with this.</param>
    /// <param name="claimCount">How many claims that are.</param>
    /// <param name="excerpt">Cuts claims out of it.</param>
    public LoadedFile(ReadFile again, ReadOutcome outcome, EncodedClaims encoded, int claimCount, ClaimExcerpt? excerpt) =>
        (File, Outcome, Excerpt, _again, Encoded, ClaimCount) = (again.File, outcome, excerpt, again, encoded, claimCount);

    public override ClaimFile File { get; }

    public override ReadOutcome Outcome { get; }

    public override ClaimExcerpt? Excerpt { get; }

    public override EncodedClaims? Encoded { get; }

    /// <summary>How many claims there are to store.</summary>
    public int ClaimCount { get; }

    public override async IAsyncEnumerable<ClaimSlice> ReadSlicesAsync([EnumeratorCancellation] CancellationToken cancellationToken)
    {
        if (_slice is not null) yield return _slice;
        if (_again is null) yield break;
        await foreach (ClaimSlice slice in _again.ReadSlicesAsync(cancellationToken)) yield return slice;
    }

    public void Dispose() => Encoded?.Dispose();
}
