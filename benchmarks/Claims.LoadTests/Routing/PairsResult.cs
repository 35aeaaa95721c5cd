namespace Claims.LoadTests.Routing;

/// <summary>The result of the pairs of a write and a read that has to see it.</summary>
internal sealed record PairsResult
{
    public required int Pairs { get; init; }

    /// <summary>Whether the reads asked for what was written; without, they are the control.</summary>
    public required bool WithToken { get; init; }

    /// <summary>Reads that did not see what was written just before.</summary>
    public required int Stale { get; init; }

    /// <summary>Writes that failed or whose outcome is not known; they count as not done.</summary>
    public required int FailedWrites { get; init; }

    /// <summary>Reads of a committed row that failed; its pair does not count.</summary>
    public required int FailedReads { get; init; }

    /// <summary>Of the reads at usual lag, the share that a replica answered.</summary>
    public required double ReplicaShare { get; init; }

    /// <summary>How long it took to open the connection of a read, at usual lag.</summary>
    public required double ReadWaitP50Ms { get; init; }

    public required double ReadWaitP99Ms { get; init; }

    public required IReadOnlyList<PhaseResult> Phases { get; init; }

    /// <summary>The longest time without a commit around the failover.</summary>
    public required double FailoverWriteGapS { get; init; }

    /// <summary>The longest time without a successful read around the failover, of 50 a second that ask for nothing recent.</summary>
    public required double FailoverReadGapS { get; init; }

    public required int FailoverReadErrors { get; init; }

    /// <summary>From the kill until the new primary took writes, without any client.</summary>
    public required double PromotedAfterS { get; init; }

    /// <summary>From the kill until the other replica followed it. Commits wait for that.</summary>
    public required double FollowedAfterS { get; init; }

    public required double PairsPerS { get; init; }
}

/// <summary>A part of the run.</summary>
internal sealed record PhaseResult
{
    public required PairsPhase Phase { get; init; }

    public required int Pairs { get; init; }

    public required double PrimaryShare { get; init; }

    public required double ReadWaitP50Ms { get; init; }

    public required double ReadWaitP99Ms { get; init; }
}

internal enum PairsPhase
{
    /// <summary>The replicas replay at once.</summary>
    Normal,

    /// <summary>The replicas replay 1 and 10 seconds late.</summary>
    Late,

    /// <summary>The delay is being set, or taken back and caught up.</summary>
    Change,

    /// <summary>From the end of the primary until a replica follows the new one.</summary>
    Failover,

    /// <summary>There is one replica.</summary>
    After,
}
