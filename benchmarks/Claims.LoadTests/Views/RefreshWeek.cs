using Claims.Ingestion.Views;

namespace Claims.LoadTests.Views;

/// <summary>A refresh of the simulated week.</summary>
/// <param name="View">The view.</param>
/// <param name="Verdict">Whether it was wanted or required.</param>
/// <param name="Start">When it began, in seconds from the begin of the week.</param>
/// <param name="Took">How long it took, in seconds.</param>
/// <param name="Changes">How many changes it showed.</param>
/// <param name="Waited">How long the oldest of them had waited when it was shown, in seconds.</param>
/// <param name="IsQuiet">Whether it began in quiet hours.</param>
internal sealed record SimulatedRefresh(string View, RefreshVerdict Verdict, double Start, double Took, long Changes, double Waited, bool IsQuiet)
{
    public double End => Start + Took;
}

/// <summary>
/// A week in which five and a half million claims arrive, and what the rules make of it for the three reports as materialized views. One loop considers the views in turn, like that of the host. There is no clock
/// and no database in it: it comes out the same each time.
/// </summary>
internal sealed class RefreshWeek
{
    public const int Days = 7;
    public const int Seconds = Days * 24 * 3600;
    public const double CheckInterval = 6;

    private const double StoredBefore = 10e6;
    private const double ClaimsOfWorkday = 1e6;
    private const int Hour = 3600;

    private static readonly DateTimeOffset Monday = new(2026, 3, 2, 0, 0, 0, TimeSpan.FromHours(4));
    private static readonly TimeZoneInfo Dubai = TimeZoneInfo.FindSystemTimeZoneById("Asia/Dubai");
    private static readonly QuietHours Quiet = new() { From = TimeSpan.FromHours(1), To = TimeSpan.FromHours(3) };

    // What arrives in each hour of a day, in shares of the busiest hour; in the night hardly anything does.
    private static readonly double[] HourShares = [0.04, 0.02, 0.02, 0.02, 0.03, 0.05, 0.15, 0.4, 0.8, 1, 1, 0.95, 0.85, 0.8, 0.85, 0.9, 0.85, 0.7, 0.5, 0.35, 0.25, 0.2, 0.12, 0.07];
    private static readonly double[] DayShares = [1, 1, 1, 1, 0.7, 0.3, 0.2];

    // Seconds that a refresh beside its readers takes: at least, and for each million of stored claims.
    private static readonly SimulatedView[] Reports =
    [
        new("mv_balance_amount_summary", 0.5, 2.2),
        new("mv_remittance_advice_summary", 0.5, 1.8),
        new("mv_claim_summary_payerwise", 0.3, 1.2),
    ];

    // How many claims arrived until each second.
    private readonly long[] _arrived = Arrive();
    private readonly List<SimulatedRefresh> _refreshes = [];
    private readonly Dictionary<RefreshVerdict, long> _verdicts = Enum.GetValues<RefreshVerdict>().ToDictionary(v => v, _ => 0L);

    /// <summary>The rules of the week, as an operator would set them for a large database.</summary>
    public static RefreshRules Rules => new()
    {
        ChangedRows = 10_000,
        MaxStaleness = TimeSpan.FromMinutes(15),
        CriticalStaleness = TimeSpan.FromMinutes(45),
        MinInterval = TimeSpan.FromMinutes(1),
        Stagger = TimeSpan.FromSeconds(30),
        YieldWhenBusy = true,
        MaxCost = 0.05,
        TimeZone = Dubai.Id,
        QuietHours = { Quiet },
    };

    public static IReadOnlyList<string> Views { get; } = [.. Reports.Select(r => r.Name)];

    public IReadOnlyList<SimulatedRefresh> Refreshes => _refreshes;

    public long Changes => _arrived[^1];

    public long Checks => _verdicts.Values.Sum();

    /// <summary>How often the views were not refreshed because nothing asked for it, or because something put it off.</summary>
    public long Count(RefreshVerdict verdict) => _verdicts[verdict];

    /// <summary>How many claims arrived from one second to another.</summary>
    public long Arrived(double from, double to) => _arrived[(int)to] - _arrived[(int)from];

    /// <summary>When the quiet hours begin and end, in seconds from the begin of the week.</summary>
    public static IEnumerable<(double From, double To)> QuietSpans => Enumerable.Range(0, Days).Select(day => (day * 24 * Hour + Quiet.From.TotalSeconds, day * 24 * Hour + Quiet.To.TotalSeconds));

    /// <summary>The share of the time that the refreshes of a view took.</summary>
    public double ShareOf(string view) => _refreshes.Where(r => r.View == view).Sum(r => r.Took) / Seconds;

    /// <summary>Simulates the week.</summary>
    /// <param name="policy">What decides.</param>
    public static RefreshWeek Run(IRefreshPolicy policy)
    {
        var week = new RefreshWeek();
        Kept[] views = [.. Reports.Select(report => new Kept(report))];
        double now = 0;
        for (int turn = 0; now < Seconds; turn++)
        {
            Kept view = views[turn % views.Length];
            now += week.Consider(view, views, policy, now) + CheckInterval / views.Length;
        }

        return week;
    }

    /// <summary>What the rules of the week must keep, and did not.</summary>
    public IReadOnlyList<string> FindProblems()
    {
        RefreshRules rules = Rules;
        List<string> problems = [];

        // A change at the begin of a refresh is shown by the next one; the limit is looked at once in a round of the loop, in which the other views may be refreshed.
        double round = CheckInterval + Reports.Sum(r => r.Duration(StoredBefore + Changes)), limit = rules.CriticalStaleness!.Value.TotalSeconds + round;
        if (_refreshes.Max(r => r.Waited) is var longest && longest > limit) problems.Add($"a change waited {longest:F0} s, more than {limit:F0} s");
        foreach (string view in Views)
        {
            SimulatedRefresh[] refreshes = [.. _refreshes.Where(r => r.View == view)];
            long late = refreshes.Length == 0 ? Changes : Arrived(refreshes[^1].Start, Math.Max(refreshes[^1].Start, Seconds - limit));
            if (late > 0) problems.Add($"{late} changes were not shown by {view} at the end, which had waited more than {limit:F0} s");
            if (refreshes.Skip(1).Count(r => r.Changes == 0) is > 0 and var idle) problems.Add($"{view} was refreshed {idle} times though nothing had changed");
            if (refreshes.Zip(refreshes.Skip(1)).Count(p => p.Second.Verdict == RefreshVerdict.Refresh && p.First.Took > rules.MaxCost * (p.Second.Start - p.First.Start) * (1 + 1e-9)) is > 0 and var costly)
                problems.Add($"{view} was refreshed {costly} times before its last refresh had cost no more than {rules.MaxCost:P0} of the time");
        }

        if (_refreshes.Count(r => r.IsQuiet && r.Verdict != RefreshVerdict.Require) is > 0 and var loud) problems.Add($"{loud} refreshes in quiet hours were not required");
        if (_refreshes.Count * 50 > Checks) problems.Add($"{_refreshes.Count} of {Checks} checks led to a refresh, more than one of 50");
        return problems;
    }

    /// <returns>How long it took, in seconds.</returns>
    private double Consider(Kept view, Kept[] all, IRefreshPolicy policy, double now)
    {
        double? first = FirstAfter(view, now);
        RefreshDecision decision = policy.Decide(new ViewState
        {
            Name = view.Report.Name,
            Now = Monday.AddSeconds(now),
            ChangedRows = _arrived[(int)now] - _arrived[(int)view.ShownUntil],
            TotalRows = (long)StoredBefore + _arrived[(int)view.ShownUntil],
            SinceRefresh = Since(view.Start, now),
            SinceFirstChange = Since(first, now),
            LastDuration = view.Start is null ? null : TimeSpan.FromSeconds(view.Took),
            SinceOtherRefresh = Since(all.Where(v => v != view).Max(v => v.Start), now),
            Busy = BusyAt((int)now),
        });
        _verdicts[decision.Verdict]++;
        if (!decision.IsRefresh) return 0;
        double took = view.Report.Duration(StoredBefore + _arrived[(int)now]);
        _refreshes.Add(new SimulatedRefresh(
            view.Report.Name, decision.Verdict, now, took, _arrived[(int)now] - _arrived[(int)view.ShownUntil], first is { } change ? now + took - change : 0,
            Quiet.EndOf(Monday.AddSeconds(now), Dubai) is not null));
        view.Start = view.ShownUntil = now;
        view.Took = took;
        return took;
    }

    /// <summary>When the first change came that the view does not show.</summary>
    private double? FirstAfter(Kept view, double now)
    {
        long shown = _arrived[(int)view.ShownUntil];
        if (_arrived[(int)now] == shown) return null;
        view.First = Math.Max(view.First, (int)view.ShownUntil);
        while (_arrived[view.First] == shown) view.First++;
        return view.First;
    }

    private static TimeSpan? Since(double? moment, double now) => moment is { } then ? TimeSpan.FromSeconds(now - then) : null;

    /// <summary>The users are busy on workdays when the offices open and after lunch; ingestion is while a backlog comes in.</summary>
    private static string? BusyAt(int second)
    {
        int day = second / (24 * Hour), ofDay = second % (24 * Hour);
        if (IsBacklog(second)) return "ingestion is busy: files wait for the writer";
        return day < 5 && (ofDay is >= 9 * Hour and < 9 * Hour + 1200 || ofDay is >= 14 * Hour and < 14 * Hour + 900) ? "users are busy: 25 of 30 connections of the Api pool are in use" : null;
    }

    /// <summary>A payer sends what it held back: on Tuesday and Thursday from 11:00 on, for half an hour.</summary>
    private static bool IsBacklog(int second) => second / (24 * Hour) is 1 or 3 && second % (24 * Hour) is >= 11 * Hour and < 11 * Hour + 1800;

    private static long[] Arrive()
    {
        double perShare = ClaimsOfWorkday / HourShares.Sum() / Hour, sum = 0;
        long[] arrived = new long[Seconds + 1];
        for (int second = 0; second < Seconds; second++)
        {
            (int day, int hour) = (second / (24 * Hour), second / Hour % 24);

            // On Sunday the portals are closed in the early morning.
            double rate = day == 6 && hour is >= 2 and < 6 ? 0 : HourShares[hour] * DayShares[day] * perShare;

            // Files come by the minute, not by the second.
            if (second % 60 == 0) sum += rate * 60 + (IsBacklog(second) ? 5000 : 0);
            arrived[second + 1] = (long)sum;
        }

        return arrived;
    }

    private sealed record SimulatedView(string Name, double LeastSeconds, double SecondsPerMillion)
    {
        public double Duration(double rows) => LeastSeconds + SecondsPerMillion * rows / 1e6;
    }

    private sealed class Kept(SimulatedView report)
    {
        public SimulatedView Report { get; } = report;

        public double? Start { get; set; }

        public double Took { get; set; }

        public double ShownUntil { get; set; }

        public int First { get; set; }
    }
}
