namespace Claims.LoadTests.Facilities.Hosted;

/// <summary>What the host measured in itself in some time.</summary>
internal sealed record HostWindow
{
    /// <summary>Facilities that were polled at once, at most.</summary>
    public required int MaxInFlight { get; init; }

    /// <summary>Polls that ended.</summary>
    public required int Polls { get; init; }

    public required PoolWindow Ingestion { get; init; }

    public required PoolWindow Api { get; init; }

    public required PoolWindow Report { get; init; }

    /// <summary>By name, how often it was brought up to date, and the longest that took.</summary>
    public required Dictionary<string, ViewWindow> Views { get; init; }

    /// <summary>What the governor decided, the oldest first; empty where it is switched off.</summary>
    public required IReadOnlyList<GovernorSample> Governor { get; init; }

    /// <summary>What the window holds once all that was under way at its end is over: waits and refreshes count when they end.</summary>
    public HostWindow EndedAs(HostWindow later) => this with
    {
        Ingestion = Ingestion.EndedAs(later.Ingestion),
        Api = Api.EndedAs(later.Api),
        Report = Report.EndedAs(later.Report),
        Views = later.Views,
    };
}

/// <summary>A pool in some time.</summary>
internal sealed record PoolWindow(int Max, double MeanHeld, int PeakHeld, double WaitP99Ms, double WaitMaxMs)
{
    public PoolWindow EndedAs(PoolWindow later) => this with { WaitP99Ms = later.WaitP99Ms, WaitMaxMs = later.WaitMaxMs };
}

/// <summary>A view or summary in some time.</summary>
internal sealed record ViewWindow(int Refreshed, int Skipped, double MaxS);

/// <summary>A decision of the governor.</summary>
/// <param name="Second">Since the begin.</param>
/// <param name="Share">The part of its full speed that it left the ingestion.</param>
/// <param name="Signal">The signal that bound.</param>
/// <param name="Reason">Why, in its words.</param>
internal sealed record GovernorSample(double Second, double Share, string Signal, string Reason);
