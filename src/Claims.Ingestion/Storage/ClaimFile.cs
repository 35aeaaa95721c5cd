namespace Claims.Ingestion.Storage;

/// <summary>A fetched claim file: where it is from, and its bytes.</summary>
public sealed class ClaimFile
{
    /// <summary>The facility that the file was fetched from.</summary>
    public required string FacilityId { get; init; }

    /// <summary>The epoch of the lease under which it was fetched. The store keeps the file only while that is the facility's last lease, and lasts.</summary>
    /// <value><see langword="null"/> for a file that was fetched without one: it is kept.</value>
    public long? LeaseEpoch { get; init; }

    /// <summary>The poll that fetched it, as logs and traces call it.</summary>
    public Guid? PollId { get; init; }

    /// <summary>The W3C id of the trace that follows it.</summary>
    /// <value><see langword="null"/> when none is kept.</value>
    public string? TraceId { get; init; }

    /// <summary>Identifies the file within its facility.</summary>
    public required string ExternalId { get; init; }

    /// <summary>The file's name at its source.</summary>
    public required string Name { get; init; }

    /// <summary>When the file was fetched.</summary>
    public required DateTimeOffset ReceivedAt { get; init; }

    /// <summary>The size in bytes, as fetched.</summary>
    public required long Length { get; init; }

    /// <summary>The SHA-256 of the content, after any zip or gzip wrapping was taken off.</summary>
    public required ReadOnlyMemory<byte> ContentHash { get; init; }

    /// <summary>Opens the bytes as they were fetched, from their start; may be called more than once.</summary>
    public required Func<Stream> OpenRead { get; init; }
}
