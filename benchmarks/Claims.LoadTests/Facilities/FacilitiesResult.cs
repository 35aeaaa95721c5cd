using System.Diagnostics.CodeAnalysis;
using System.Text.Json.Serialization;

namespace Claims.LoadTests.Facilities;

/// <summary>The result of <c>facilities</c>: medians over the turns, and the highest of peaks.</summary>
internal record FacilitiesResult
{
    public required double ClaimsPerMin { get; init; }

    public required double FilesPerMin { get; init; }

    /// <summary>Facilities that were polled at once.</summary>
    public required int MaxInFlight { get; init; }

    /// <summary>As the server counts them.</summary>
    public required long Deadlocks { get; init; }

    /// <summary>Claims of acknowledged files that are in no table.</summary>
    public required long Lost { get; init; }

    /// <summary>Claims and files beyond what was delivered.</summary>
    public required long Doubled { get; init; }

    public required ApiResult Api { get; init; }

    public required PoolsResult Pools { get; init; }

    public required IReadOnlyList<ViewResult> Views { get; init; }

    public required HostResult Host { get; init; }

    /// <summary>What the governor did.</summary>
    public required GovernorResult Governor { get; init; }

    /// <summary>How a burst of users fared; nothing when there was none.</summary>
    public required BurstResult? Burst { get; init; }

    /// <summary>Polls of facilities that ended while it was measured.</summary>
    public required int Polls { get; init; }

    /// <summary>Files that were delivered and not fetched by the end.</summary>
    public required int WaitingFiles { get; init; }
}

/// <summary>What the users met.</summary>
internal sealed record ApiResult
{
    public required double IdleP50Ms { get; init; }

    public required double IdleP99Ms { get; init; }

    public required double BusyP50Ms { get; init; }

    public required double BusyP99Ms { get; init; }

    /// <summary>The median over the turns of p99 with ingestion over the median of p99 before and after.</summary>
    public required double P99Ratio { get; init; }

    /// <summary>Requests that failed, in all phases.</summary>
    public required int Errors { get; init; }

    public required double IdleMaxMs { get; init; }

    public required double BusyMaxMs { get; init; }

    /// <summary>The part of the requests during ingestion that succeeded within a second.</summary>
    public required double BusyWithinASecondPct { get; init; }

    public required int IdleRequests { get; init; }

    public required int BusyRequests { get; init; }

    /// <summary>Of each turn.</summary>
    public required IReadOnlyList<double> P99Ratios { get; init; }

    /// <summary>Each kind of request alone, over all phases.</summary>
    public required IReadOnlyList<KindResult> Kinds { get; init; }
}

/// <summary>What the users met who asked for one kind of answer.</summary>
internal sealed record KindResult(string Name, double IdleP50Ms, double IdleP99Ms, double BusyP50Ms, double BusyP99Ms);

/// <summary>What many users met who came in the middle of a phase.</summary>
/// <param name="Factor">So many times as many as before.</param>
/// <param name="AloneP99Ms">From then on, without ingestion.</param>
/// <param name="BusyP99Ms">The same with ingestion.</param>
/// <param name="BackAfterS">After how many seconds p99 was within 1.5 times that without ingestion, and from then to the end of the phase; the highest of the turns, nothing when one was not back.</param>
internal sealed record BurstResult(double Factor, double AloneP99Ms, double BusyP99Ms, int? BackAfterS);

/// <summary>The pools while there was ingestion.</summary>
internal sealed record PoolsResult(PoolResult Ingestion, PoolResult Api, PoolResult Report)
{
    /// <summary>Whether the three are one and the same.</summary>
    public required bool IsShared { get; init; }
}

/// <summary>A pool while there was ingestion.</summary>
internal sealed record PoolResult(int Max, double BusyMeanPct, int BusyPeak, double WaitP99Ms, double WaitMaxMs);

/// <summary>A view or a summary while there was ingestion. The seconds of a summary are the age of the oldest change when it showed it; those of a view what its refresh took.</summary>
internal sealed record ViewResult(string Name, int Refreshed, int Skipped, double MaxS);

/// <summary>The machine, and the process that ingests and serves, while there was ingestion.</summary>
/// <param name="CpuPct">Of all cores, by all processes.</param>
/// <param name="IdleCpuPct">The same with users only.</param>
/// <param name="RssPeakMb">Of the host.</param>
internal sealed record HostResult(double CpuPct, double IdleCpuPct, double RssPeakMb);

/// <summary>The governor while there was ingestion.</summary>
/// <param name="MeanShare">The part of its full speed that it left the ingestion.</param>
/// <param name="LeastShare">At the worst moment.</param>
/// <param name="Signals">The signals that bound, the most frequent first.</param>
internal sealed record GovernorResult(double MeanShare, double LeastShare, IReadOnlyList<GovernorSignalResult> Signals);

/// <summary>A signal that bound.</summary>
/// <param name="Name">Its name.</param>
/// <param name="Pct">Of the decisions.</param>
/// <param name="Reason">The reason that it gave when the share was lowest.</param>
internal sealed record GovernorSignalResult(string Name, double Pct, string Reason);

/// <summary>The result for one profile, with what was asked for.</summary>
[method: SetsRequiredMembers]
internal sealed record SingleResult(LoadProfile Profile, FacilitiesSettings Settings, FacilitiesResult Result) : FacilitiesResult(Result)
{
    [JsonIgnore]
    public FacilitiesResult Result { get; } = Result;
}

/// <summary>The result for both profiles.</summary>
internal sealed record ComparedResult
{
    public required FacilitiesSettings Settings { get; init; }

    public required FacilitiesResult Library { get; init; }

    public required FacilitiesResult Today { get; init; }

    /// <summary>The p99 of users during ingestion, today's over the library's.</summary>
    public required double BusyP99TodayOverLibrary { get; init; }

    /// <summary>How much p99 grows with ingestion, today's over the library's.</summary>
    public required double P99RatioTodayOverLibrary { get; init; }

    /// <summary>The library's over today's.</summary>
    public required double ClaimsPerMinLibraryOverToday { get; init; }
}
