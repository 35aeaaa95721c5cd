namespace Claims.Ingestion.Governing;

/// <summary>What the governor remembers from one decision to the next.</summary>
internal sealed record GovernorState
{
    /// <summary>The part of its full speed that ingestion has.</summary>
    public double Share { get; init; } = 1;

    /// <summary>How much slower than it should be the worst signal is, over the last moments.</summary>
    public double? Smooth { get; init; }

    /// <summary>How much slower it was at the last decision.</summary>
    public double Pressure { get; init; }

    /// <summary>The same at the decision before.</summary>
    public double EarlierPressure { get; init; }

    /// <summary>What the users' queries took over the last moments; <see langword="null"/> when nobody asks.</summary>
    public TimeSpan? Latency { get; init; }

    /// <summary>What the users' queries take in quiet; <see langword="null"/> when it is not known yet.</summary>
    public TimeSpan? Baseline { get; init; }

    /// <summary>By how much single readings in quiet are above or below those of the moments before, on the average.</summary>
    public TimeSpan Deviation { get; init; }

    /// <summary>How many readings the baseline is made of.</summary>
    public int Readings { get; init; }

    /// <summary>How many queries a second the users have of late.</summary>
    public double UserRate { get; init; }

    /// <summary>How many readings that is made of.</summary>
    public int RateReadings { get; init; }

    /// <summary>Whether they have suddenly many more.</summary>
    public bool IsRush { get; init; }

    /// <summary>Whether the baseline is going down although ingestion is at work: then more of it would hide how far it goes.</summary>
    public bool IsLearning { get; init; }

    /// <summary>The share at which the users suffered last: up to near it, the way back is quick.</summary>
    public double Ceiling { get; init; } = 1;

    /// <summary>When the share was taken back last.</summary>
    public TimeSpan? CutAt { get; init; }

    /// <summary>Since when no signal is near what it may be.</summary>
    public TimeSpan? CalmSince { get; init; }

    /// <summary>Since when nothing is at work.</summary>
    public TimeSpan? QuietSince { get; init; }
}
