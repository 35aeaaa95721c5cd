namespace Claims.LoadTests.Routing;

/// <summary>The result of <c>failover</c>.</summary>
internal sealed record FailoverResult
{
    public required ReplicationMode Mode { get; init; }

    public required int Files { get; init; }

    public required long Claims { get; init; }

    /// <summary>How many of the files were stored when the primary was killed.</summary>
    public required long StoredBefore { get; init; }

    /// <summary>How long the promotion began after that.</summary>
    public required double DetectionS { get; init; }

    /// <summary>From the kill until the new primary took writes, without any client.</summary>
    public required double PromotedAfterS { get; init; }

    /// <summary>From the kill until the other replica followed it. Synchronous commits wait for that.</summary>
    public required double FollowedAfterS { get; init; }

    /// <summary>The longest time between two successful reads that follow each other.</summary>
    public required double ReadGapS { get; init; }

    public required int Reads { get; init; }

    public required int ReadErrors { get; init; }

    /// <summary>From the last file that was seen stored before the kill to the first one that was stored after it and seen on the new primary.</summary>
    public required double IngestGapS { get; init; }

    /// <summary>Files that were acknowledged and are in no ledger.</summary>
    public required long Lost { get; init; }

    /// <summary>Files with more than one row in the ledger, or claims with more rows than they have.</summary>
    public required long Doubled { get; init; }

    /// <summary>Those that are still lost after all archived files were put back and polled again.</summary>
    public required long LostAfterRepoll { get; init; }

    public required long DoubledAfterRepoll { get; init; }
}

internal enum ReplicationMode
{
    /// <summary>A commit waits until a replica has flushed it.</summary>
    Synchronous,

    /// <summary>A commit waits for no replica, and shortly before the end they receive nothing any more.</summary>
    Asynchronous,
}
