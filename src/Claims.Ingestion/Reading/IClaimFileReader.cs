namespace Claims.Ingestion.Reading;

/// <summary>Reads one format of claim files. Built in: eClaimLink XML, submissions and remittances.</summary>
/// <remarks>Trouble with the content is a value, never an exception: see <see cref="ClaimFileReading"/>.</remarks>
public interface IClaimFileReader
{
    /// <summary>Tells from the content whether this reader should read a file. The reader that was added last is asked first, the built-in one last.</summary>
    /// <param name="start">The first bytes of the content, after any zip or gzip wrapping was taken off; at most 4,096.</param>
    /// <returns><see langword="true"/> when the content looks like this reader's format.</returns>
    bool Recognizes(ReadOnlySpan<byte> start);

    /// <summary>Begins to read a file.</summary>
    /// <param name="open">Opens the content from its start, unwrapped; may be called more than once. The reading disposes what it opens.</param>
    /// <param name="options">The limits to keep.</param>
    /// <returns>The reading.</returns>
    ClaimFileReading Read(Func<Stream> open, ReadingOptions options);
}

/// <summary>One pass over the content of a claim file, in slices.</summary>
public abstract class ClaimFileReading : IDisposable
{
    /// <summary>Reads on until the slice is full or the file ends.</summary>
    /// <param name="maxClaims">How many claims a slice may hold, left-out ones included.</param>
    /// <param name="cancellationToken">The token to cancel the reading.</param>
    /// <returns>The next slice, or <see langword="null"/> when the file has ended; then <see cref="Outcome"/> is set.</returns>
    public abstract ClaimSlice? ReadSlice(int maxClaims, CancellationToken cancellationToken);

    /// <summary>How the reading ended.</summary>
    /// <value><see langword="null"/> until <see cref="ReadSlice"/> has returned <see langword="null"/>. A quarantined or skipped outcome voids the slices returned before.</value>
    public abstract ReadOutcome? Outcome { get; }

    /// <summary>Cuts claims out of the file again, so that the store keeps those that are left out. It is good after the reading was disposed, while the file can be opened.</summary>
    /// <value><see langword="null"/> when the format does not support it, and until the reading has ended: then left-out claims are only named.</value>
    public virtual ClaimExcerpt? Excerpt => null;

    /// <inheritdoc/>
    public abstract void Dispose();
}
