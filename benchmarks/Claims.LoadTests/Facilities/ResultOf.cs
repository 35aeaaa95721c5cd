using Claims.LoadTests.Facilities.Hosted;
using Claims.LoadTests.Routing;
using HdrHistogram;

namespace Claims.LoadTests.Facilities;

/// <summary>Makes the result of the phases.</summary>
internal static class ResultOf
{
    private const double Back = 1.5;

    private static readonly TimeSpan Soon = TimeSpan.FromSeconds(1);

    /// <param name="phases">Users only, then in turns ingestion and users only again.</param>
    /// <param name="profile">What ingested.</param>
    /// <param name="delivered">What became of the files.</param>
    /// <param name="deadlocks">How many the server counted.</param>
    /// <param name="settings">What was asked for.</param>
    public static FacilitiesResult Phases(IReadOnlyList<Phase> phases, LoadProfile profile, DeliveredFiles delivered, long deadlocks, FacilitiesSettings settings)
    {
        Phase[] idle = [.. phases.Where(phase => !phase.IsBusy)], busy = [.. phases.Where(phase => phase.IsBusy)];
        return new FacilitiesResult
        {
            ClaimsPerMin = Math.Round(Median.Of(busy.Select(phase => phase.StoredClaims / phase.Length.TotalMinutes))),
            FilesPerMin = Math.Round(Median.Of(busy.Select(phase => phase.StoredFiles / phase.Length.TotalMinutes)), 1),
            MaxInFlight = busy.Max(phase => phase.Host.MaxInFlight),
            Deadlocks = deadlocks,
            Lost = delivered.Lost,
            Doubled = delivered.Doubled,
            Api = Api(idle, busy),
            Pools = new PoolsResult(Pool(busy, window => window.Ingestion), Pool(busy, window => window.Api), Pool(busy, window => window.Report)) { IsShared = profile == LoadProfile.Today },
            Views =
            [
                .. busy.SelectMany(phase => phase.Host.Views).GroupBy(view => view.Key, view => view.Value).OrderBy(views => views.Key, StringComparer.Ordinal)
                    .Select(views => new ViewResult(views.Key, views.Sum(v => v.Refreshed), views.Sum(v => v.Skipped), Math.Round(views.Max(v => v.MaxS), 3))),
            ],
            Host = new HostResult(
                Math.Round(Median.Of(busy.Select(phase => phase.CpuPercent)), 1), Math.Round(Median.Of(idle.Select(phase => phase.CpuPercent)), 1), Math.Round(busy.Max(phase => phase.PeakMb), 1)),
            Governor = Governor([.. busy.SelectMany(phase => phase.Host.Governor.Where(decision => decision.Second < phase.Length.TotalSeconds))]),
            Burst = settings.Burst > 1 ? Burst(idle, busy, settings) : null,
            Polls = busy.Sum(phase => phase.Host.Polls),
            WaitingFiles = delivered.Waiting,
        };
    }

    public static ComparedResult Both(FacilitiesSettings settings, FacilitiesResult library, FacilitiesResult today) => new()
    {
        Settings = settings,
        Library = library,
        Today = today,
        BusyP99TodayOverLibrary = Ratio(today.Api.BusyP99Ms, library.Api.BusyP99Ms),
        P99RatioTodayOverLibrary = Ratio(today.Api.P99Ratio, library.Api.P99Ratio),
        ClaimsPerMinLibraryOverToday = Ratio(library.ClaimsPerMin, today.ClaimsPerMin),
    };

    private static ApiResult Api(Phase[] idle, Phase[] busy)
    {
        double[] ratios = [.. busy.Select((phase, turn) => Ratio(phase.Milliseconds(99), Median.Of([idle[turn].Milliseconds(99), idle[turn + 1].Milliseconds(99)])))];
        int requests = busy.Sum(phase => phase.Requests.Count), soon = busy.Sum(phase => phase.Requests.Count(request => request.Error is null && request.Latency <= Soon));
        return new ApiResult
        {
            IdleP50Ms = Math.Round(Median.Of(idle.Select(phase => phase.Milliseconds(50))), 2),
            IdleP99Ms = Math.Round(Median.Of(idle.Select(phase => phase.Milliseconds(99))), 2),
            BusyP50Ms = Math.Round(Median.Of(busy.Select(phase => phase.Milliseconds(50))), 2),
            BusyP99Ms = Math.Round(Median.Of(busy.Select(phase => phase.Milliseconds(99))), 2),
            P99Ratio = Math.Round(Median.Of(ratios), 3),
            Errors = idle.Concat(busy).Sum(phase => phase.Errors),
            IdleMaxMs = idle.Max(phase => phase.Milliseconds(100)),
            BusyMaxMs = busy.Max(phase => phase.Milliseconds(100)),
            BusyWithinASecondPct = requests == 0 ? 100 : Math.Floor(100_000.0 * soon / requests) / 1000,
            IdleRequests = idle.Sum(phase => phase.Requests.Count),
            BusyRequests = requests,
            P99Ratios = ratios,
            Kinds = Kinds([.. idle.SelectMany(phase => phase.Requests)], [.. busy.SelectMany(phase => phase.Requests)]),
        };
    }

    private static IReadOnlyList<KindResult> Kinds(Request[] idle, Request[] busy)
    {
        return [.. idle.Concat(busy).Select(request => request.Answer?.Kind).OfType<string>().Distinct().Order(StringComparer.Ordinal).Select(Of)];

        KindResult Of(string kind)
        {
            LongHistogram alone = Latencies.Of(idle.Where(IsIt)), beside = Latencies.Of(busy.Where(IsIt));
            return new KindResult(kind, alone.Percentile(50), alone.Percentile(99), beside.Percentile(50), beside.Percentile(99));

            bool IsIt(Request request) => request.Answer?.Kind == kind;
        }
    }

    private static GovernorResult Governor(GovernorSample[] decisions) => new(
        Math.Round(decisions.Select(decision => decision.Share).DefaultIfEmpty(1).Average(), 3),
        decisions.Select(decision => decision.Share).DefaultIfEmpty(1).Min(),
        [
            .. decisions.GroupBy(decision => decision.Signal).OrderByDescending(signal => signal.Count())
                .Select(signal => new GovernorSignalResult(signal.Key, Math.Round(100.0 * signal.Count() / decisions.Length, 1), signal.MinBy(decision => decision.Share)!.Reason)),
        ]);

    private static BurstResult Burst(Phase[] idle, Phase[] busy, FacilitiesSettings settings)
    {
        double alone = P99(idle.SelectMany(phase => Since(phase, 0)));
        int?[] back = [.. busy.Select(phase => Enumerable.Range(0, (int)(settings.Seconds - settings.BurstAt))
            .Where(second => P99(Since(phase, second)) <= Back * alone && P99(Since(phase, second).Where(request => request.Due.TotalSeconds < settings.BurstAt + second + 1)) <= Back * alone)
            .Select(second => (int?)second).FirstOrDefault())];
        return new BurstResult(settings.Burst, alone, P99(busy.SelectMany(phase => Since(phase, 0))), back.Any(second => second is null) ? null : back.Max());

        IEnumerable<Request> Since(Phase phase, int second) => phase.Requests.Where(request => request.Due.TotalSeconds >= settings.BurstAt + second);

        static double P99(IEnumerable<Request> requests) => Math.Round(Latencies.Of(requests).Percentile(99), 2);
    }

    private static PoolResult Pool(Phase[] busy, Func<HostWindow, PoolWindow> choose)
    {
        PoolWindow[] windows = [.. busy.Select(phase => choose(phase.Host))];
        return new PoolResult(
            windows[0].Max,
            Math.Round(Median.Of(windows.Select(window => 100 * window.MeanHeld / window.Max)), 1),
            windows.Max(window => window.PeakHeld),
            Math.Round(Median.Of(windows.Select(window => window.WaitP99Ms)), 3),
            Math.Round(windows.Max(window => window.WaitMaxMs), 3));
    }

    private static double Ratio(double over, double under) => under > 0 ? Math.Round(over / under, 3) : 0;
}
