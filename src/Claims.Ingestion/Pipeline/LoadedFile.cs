using Claims.Ingestion.Reading;
using Claims.Ingestion.Storage;

namespace Claims.Ingestion.Pipeline;

/// <summary>A file whose claims are in memory, or that has none because it is quarantined or skipped.</summary>
internal sealed class LoadedFile(ClaimFile file, ReadOutcome outcome, ClaimSlice? slice, ClaimExcerpt? excerpt = null) : ReadFile
{
    public override ClaimFile File { get; } = file;

    public override ReadOutcome Outcome { get; } = outcome;

    public override ClaimExcerpt? Excerpt { get; } = excerpt;

    public int ClaimCount => slice is null ? 0 : slice.Submitted.Count + slice.Remitted.Count;

    public override async IAsyncEnumerable<ClaimSlice> ReadSlicesAsync([System.Runtime.CompilerServices.EnumeratorCancellation] CancellationToken cancellationToken)
    {
        await Task.CompletedTask;
        if (slice is not null) yield return slice;
    }
}
