using Claims.Ingestion.Reading;

namespace Claims.Ingestion.Storage;

/// <summary>What a store keeps of a file so that it can be replayed: the bytes of a quarantined file, or the claims that were left out of a stored one.</summary>
/// <param name="owner">What is disposed with it, if anything: the content is read from it.</param>
public sealed class KeptFile(IAsyncDisposable? owner = null) : IAsyncDisposable
{
    /// <summary>The file's fate so far.</summary>
    public required FileFate Fate { get; init; }

    /// <summary>The file's name at its source.</summary>
    public required string Name { get; init; }

    /// <summary>When the file was fetched.</summary>
    public required DateTimeOffset ReceivedAt { get; init; }

    /// <summary>The claims that are left out of a stored file, by position.</summary>
    public required IReadOnlyList<ClaimError> LeftOut { get; init; }

    /// <summary>The positions in the file of the claims that <see cref="Content"/> holds, in its order; none for a quarantined file, which is kept as a whole.</summary>
    public required IReadOnlyList<int> Positions { get; init; }

    /// <summary>The kept bytes, to be read once before this is disposed.</summary>
    /// <value><see langword="null"/> when nothing is kept.</value>
    public required Stream? Content { get; init; }

    /// <inheritdoc/>
    public ValueTask DisposeAsync() => owner?.DisposeAsync() ?? ValueTask.CompletedTask;
}
