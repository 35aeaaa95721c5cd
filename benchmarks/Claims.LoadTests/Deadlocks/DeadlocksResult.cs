namespace Claims.LoadTests.Deadlocks;

/// <summary>The result of <c>deadlocks</c>.</summary>
internal sealed record DeadlocksResult
{
    public required double Minutes { get; init; }

    public required int Rounds { get; init; }

    /// <summary>How often a writer tried to store a batch.</summary>
    public required long Batches { get; init; }

    /// <summary>Files whose fate was committed, each counted once.</summary>
    public required long Files { get; init; }

    /// <summary>Claims of submissions and of remittances.</summary>
    public required long Claims { get; init; }

    /// <summary>As the server counts them.</summary>
    public required long Deadlocks { get; init; }

    public required bool Shuffled { get; init; }
}
