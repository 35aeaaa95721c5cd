using Claims.Ingestion.Reading;

namespace Claims.Ingestion.Storage;

/// <summary>A claim file that is ready to be stored: its claims are in memory, or are read in slices while they are stored.</summary>
public abstract class ReadFile
{
    /// <summary>The file.</summary>
    public abstract ClaimFile File { get; }

    /// <summary>How the reading ended.</summary>
    /// <value><see langword="null"/> until the slices have been read to their end; set from the start for a file whose claims are in memory.</value>
    public abstract ReadOutcome? Outcome { get; }

    /// <summary>Cuts claims out of the file, so that those that are left out can be kept.</summary>
    /// <value><see langword="null"/> when the file's format does not support it, and until the slices have been read to their end.</value>
    public virtual ClaimExcerpt? Excerpt => null;

    /// <summary>The file's claims as <see cref="IClaimStore.BeginEncoding"/> wants them: a store may take these and need no slices.</summary>
    /// <value><see langword="null"/> when they were not encoded.</value>
    public virtual EncodedClaims? Encoded => null;

    /// <summary>Reads the file's slices from the start, in order. May be called again: storing is repeated after a failure.</summary>
    /// <param name="cancellationToken">The token to cancel the reading.</param>
    /// <returns>The slices; none for a file that is quarantined or skipped from the start.</returns>
    public abstract IAsyncEnumerable<ClaimSlice> ReadSlicesAsync(CancellationToken cancellationToken);
}
