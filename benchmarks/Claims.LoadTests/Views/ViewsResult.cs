namespace Claims.LoadTests.Views;

/// <summary>The result of <c>views</c>.</summary>
internal sealed record ViewsResult
{
    public required long Claims { get; init; }

    public required int Changed { get; init; }

    public required int Turns { get; init; }

    /// <summary>The three reports as materialized views, refreshed concurrently.</summary>
    public required double ConcurrentlyS { get; init; }

    /// <summary>The three reports as summaries, brought up to date; the median of the turns.</summary>
    public required double IncrementalS { get; init; }

    public required double Ratio { get; init; }

    /// <summary>Whether both showed the same rows.</summary>
    public required bool Identical { get; init; }

    /// <summary>The same change where there were a tenth of the claims.</summary>
    public required double SmallIncrementalS { get; init; }

    /// <summary>What ten times the claims cost.</summary>
    public required double Growth { get; init; }

    public required IReadOnlyList<double> TurnsS { get; init; }

    public required IReadOnlyList<double> SmallTurnsS { get; init; }

    /// <summary>How long it took to fill the summary for all claims.</summary>
    public required double FillS { get; init; }

    public required IReadOnlyList<ViewTime> Views { get; init; }
}

/// <summary>The concurrent refresh of one view.</summary>
internal sealed record ViewTime(string Name, double Seconds);
