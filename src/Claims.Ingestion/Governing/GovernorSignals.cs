namespace Claims.Ingestion.Governing;

/// <summary>What the governor knows at the moment of a decision. What is <see langword="null"/> nobody measures.</summary>
internal sealed record GovernorSignals
{
    /// <summary>The time since some fixed moment, by a clock that is never set.</summary>
    public required TimeSpan Now { get; init; }

    /// <summary>What the slowest twentieth of the users' queries took at least, of the last second or so; <see langword="null"/> when there were too few to tell.</summary>
    public TimeSpan? UserLatency { get; init; }

    /// <summary>The time that <see cref="UserLatency"/> is of, up to now.</summary>
    public TimeSpan UserLatencySpan { get; init; }

    /// <summary>How many queries of the users ended in the last second.</summary>
    public double? UserRate { get; init; }

    /// <summary>How much slower than it should be the latency of other hosts' users is, as they say; 1 is just right.</summary>
    public double? OtherHosts { get; init; }

    /// <summary>How long users wait for a connection of their pool, at most.</summary>
    public TimeSpan? PoolWait { get; init; }

    /// <summary>Sessions of others that wait for a lock which ingestion holds.</summary>
    public int? BlockedByUs { get; init; }

    /// <summary>How late the latest replica is, as a part of what is allowed.</summary>
    public double? ReplicaLag { get; init; }

    /// <summary>What the slowest twentieth of the ingestion's commits took at least.</summary>
    public TimeSpan? CommitLatency { get; init; }

    /// <summary>How much of the processors that it may use this process used, over the last moments.</summary>
    public double? ProcessorUse { get; init; }

    /// <summary>How long the oldest file has waited to be stored.</summary>
    public TimeSpan? OldestFile { get; init; }

    /// <summary>Whether ingestion, or the keeping of views, was at work a short time ago: then what the users meet is no measure of quiet.</summary>
    public required bool IsAtWork { get; init; }

    /// <summary>Whether there is nothing to do for ingestion, so that nobody rests either.</summary>
    public bool IsIdle { get; init; }

    /// <summary>The signals that should be there and are not, with the reason.</summary>
    public IReadOnlyList<string> Dead { get; init; } = [];
}
