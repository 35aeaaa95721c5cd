namespace Claims.LoadTests.Routing;

/// <summary>How long the API waited for a connection: medians over the turns.</summary>
internal sealed record PoolWaitResult
{
    public required int Turns { get; init; }

    /// <summary>How many connections both pools have together, and the shared one.</summary>
    public required int Connections { get; init; }

    /// <summary>How many tasks of the ingestion want a connection at any time.</summary>
    public required int IngestionTasks { get; init; }

    public required PoolWait Idle { get; init; }

    /// <summary>While the ingestion has all connections of its own pool in use, and more tasks wait for them.</summary>
    public required PoolWait Saturated { get; init; }

    /// <summary>The same load, from one pool for both.</summary>
    public required PoolWait SharedPool { get; init; }
}

/// <summary>The time that opening a connection took.</summary>
internal sealed record PoolWait
{
    public required int Requests { get; init; }

    public required double P50Ms { get; init; }

    public required double P99Ms { get; init; }

    public required int Failed { get; init; }
}
