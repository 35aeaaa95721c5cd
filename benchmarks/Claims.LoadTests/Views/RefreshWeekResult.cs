namespace Claims.LoadTests.Views;

/// <summary>What the rules made of a simulated week.</summary>
internal sealed record RefreshWeekResult
{
    public required int Days { get; init; }

    /// <summary>Claims that arrived.</summary>
    public required long Changes { get; init; }

    /// <summary>How often a view was considered.</summary>
    public required long Checks { get; init; }

    /// <summary>Refreshes, required ones included.</summary>
    public required long Refreshed { get; init; }

    public required long Skipped { get; init; }

    public required long Deferred { get; init; }

    public required long Required { get; init; }

    public required double MaxStalenessS { get; init; }

    /// <summary>The share of the time in which one of the views was refreshed.</summary>
    public required double RefreshShare { get; init; }

    public required IReadOnlyList<RefreshWeekView> Views { get; init; }
}

/// <summary>The week of one view.</summary>
internal sealed record RefreshWeekView(string Name, long Refreshed, long Required, double MaxStalenessS, double RefreshShare);
