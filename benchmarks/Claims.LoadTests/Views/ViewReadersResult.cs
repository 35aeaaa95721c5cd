namespace Claims.LoadTests.Views;

/// <summary>The result of <c>view-readers</c>.</summary>
internal sealed record ViewReadersResult
{
    public required long Claims { get; init; }

    public required int Turns { get; init; }

    public required double ReadsPerS { get; init; }

    public required double ChangedClaimsPerS { get; init; }

    /// <summary>Claims are stored and no report is brought up to date.</summary>
    public required ReadTimes Idle { get; init; }

    /// <summary>The same, and summaries are kept.</summary>
    public required ReadTimes Incremental { get; init; }

    /// <summary>The same, and the materialized views are refreshed one after the other, for ever.</summary>
    public required ReadTimes Concurrently { get; init; }

    /// <summary>The median of the turns of p99 with summaries over p99 without.</summary>
    public required double IncrementalP99Ratio { get; init; }

    public required double ConcurrentlyP99Ratio { get; init; }

    /// <summary>How long after the commit a summary showed it.</summary>
    public required Freshness Fresh { get; init; }

    /// <summary>How often a reader was seen to wait for a lock, of how many looks at it.</summary>
    public required int LockWaits { get; init; }

    public required int Looks { get; init; }
}

/// <summary>What readers met.</summary>
internal sealed record ReadTimes(int Reads, double P50Ms, double P99Ms, double MaxMs, int Errors);

/// <summary>How long after a commit its claims were shown.</summary>
internal sealed record Freshness(int Commits, double P50S, double P99S, double MaxS);
