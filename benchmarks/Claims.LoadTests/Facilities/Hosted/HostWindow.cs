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

    /// <summary>The part of its full speed that the governor left the ingestion, with the seconds since the begin; empty where there is none.</summary>
    public required IReadOnlyList<ShareSample> Shares { get; init; }

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

/// <summary>A share of the governor, from a second on.</summary>
internal sealed record ShareSample(double Second, double Share);
