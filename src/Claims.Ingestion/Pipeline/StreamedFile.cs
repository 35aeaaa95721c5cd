using System.Runtime.CompilerServices;
using Claims.Ingestion.Reading;
using Claims.Ingestion.Storage;

namespace Claims.Ingestion.Pipeline;

/// <summary>A large file that is read while it is stored: one slice is being written, the next one is being read.</summary>
internal sealed class StreamedFile(ClaimFile file, Func<ClaimFileReading> open, int sliceClaims) : ReadFile
{
    private ReadOutcome? _outcome;
    private ClaimExcerpt? _excerpt;

    public override ClaimFile File { get; } = file;

    public override ReadOutcome? Outcome => _outcome;

    public override ClaimExcerpt? Excerpt => _excerpt;

    public override async IAsyncEnumerable<ClaimSlice> ReadSlicesAsync([EnumeratorCancellation] CancellationToken cancellationToken)
    {
        _outcome = null;
        _excerpt = null;
        using ClaimFileReading reading = open();
        Task<ClaimSlice?> next = ReadAhead(reading, cancellationToken);
        try
        {
            while (await next is { } slice)
            {
                next = ReadAhead(reading, cancellationToken);
                yield return slice;
            }
        }
        finally
        {
            // The consumer may stop early; the reading must not be disposed under the task that reads.
            await ((Task)next).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }

        _outcome = reading.Outcome;
        _excerpt = reading.Excerpt;
    }

    private Task<ClaimSlice?> ReadAhead(ClaimFileReading reading, CancellationToken cancellationToken) =>
        Task.Run(() => reading.ReadSlice(sliceClaims, cancellationToken), cancellationToken);
}
