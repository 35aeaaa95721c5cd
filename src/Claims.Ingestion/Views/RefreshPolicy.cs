namespace Claims.Ingestion.Views;

/// <summary>The usual refresh policies. Each answers for its own rule only; <see cref="Combine"/> makes one decision of several.</summary>
public static class RefreshPolicy
{
    /// <summary>
    /// Combines policies: where one requires a refresh it is made, else where one puts it off it waits for the latest time that any names, else it is made when at least one wants it.
    /// Nothing is put off that nobody wants.
    /// </summary>
    /// <param name="policies">The policies.</param>
    /// <returns>The combined policy; its reason names the rules that decided.</returns>
    public static IRefreshPolicy Combine(params IRefreshPolicy[] policies)
    {
        ArgumentNullException.ThrowIfNull(policies);
        IRefreshPolicy[] all = [.. policies];
        return new Rule(view => Decide([.. all.Select(p => p.Decide(view))]));
    }

    /// <summary>Requires the first refresh.</summary>
    /// <returns>The policy.</returns>
    public static IRefreshPolicy NeverRefreshed() => new Rule(view => view.SinceRefresh is null ? Require($"it was never refreshed") : default);

    /// <summary>Wants a refresh when enough rows changed.</summary>
    /// <param name="rows">How many are enough; at least 1.</param>
    /// <returns>The policy.</returns>
    public static IRefreshPolicy ChangedRows(long rows)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(rows, 1);
        return new Rule(view =>
            view.ChangedRows == 0 ? Skip($"nothing changed since its last refresh")
            : view.ChangedRows >= rows ? Refresh($"{view.ChangedRows} rows changed, at least {rows}")
            : Skip($"only {view.ChangedRows} rows changed, fewer than {rows}"));
    }

    /// <summary>Wants a refresh when enough of the view changed.</summary>
    /// <param name="share">The share of its rows that is enough; above 0, at most 1.</param>
    /// <returns>The policy.</returns>
    public static IRefreshPolicy ChangedShare(double share)
    {
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(share);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(share, 1);
        return new Rule(view =>
        {
            if (view.ChangedRows == 0 || view.TotalRows is not { } total) return default;
            double changed = (double)view.ChangedRows / Math.Max(total, 1);
            return changed >= share ? Refresh($"{changed:P2} of its rows changed, at least {share:P2}") : Skip($"only {changed:P2} of its rows changed, less than {share:P2}");
        });
    }

    /// <summary>Wants a refresh when a change has waited long enough.</summary>
    /// <param name="limit">How long a change may wait.</param>
    /// <returns>The policy.</returns>
    public static IRefreshPolicy MaxStaleness(TimeSpan limit) => new Rule(view =>
        Waiting(view) is not { } waiting ? default
        : waiting >= limit ? Refresh($"the oldest change waits {waiting.TotalSeconds:F0} s, at least {limit.TotalSeconds:F0} s")
        : Skip($"none waits {limit.TotalSeconds:F0} s"));

    /// <summary>Requires a refresh when a change has waited too long.</summary>
    /// <param name="limit">How long a change may wait at worst.</param>
    /// <returns>The policy.</returns>
    public static IRefreshPolicy CriticalStaleness(TimeSpan limit) => new Rule(view =>
        Waiting(view) is { } waiting && waiting >= limit ? Require($"the oldest change waits {waiting.TotalSeconds:F0} s, the limit is {limit.TotalSeconds:F0} s") : default);

    /// <summary>Wants a refresh of a view that depends on the time of day when a day has begun.</summary>
    /// <returns>The policy.</returns>
    public static IRefreshPolicy DayTurned() => new Rule(view => view.HasDayTurned ? Refresh($"it depends on the day, and a new one began") : default);

    /// <summary>Puts a refresh off until some time has passed since the begin of the last one.</summary>
    /// <param name="interval">The least time between two.</param>
    /// <returns>The policy.</returns>
    public static IRefreshPolicy MinInterval(TimeSpan interval) => new Rule(view =>
        view.SinceRefresh is { } since && since < interval
            ? Defer(view.Now + interval - since, $"its last refresh began {since.TotalSeconds:F0} s ago, less than {interval.TotalSeconds:F0} s")
            : default);

    /// <summary>Puts a refresh off until some time has passed since the refresh of another view.</summary>
    /// <param name="interval">The least time.</param>
    /// <returns>The policy.</returns>
    public static IRefreshPolicy Stagger(TimeSpan interval) => new Rule(view =>
        view.SinceOtherRefresh is { } since && since < interval
            ? Defer(view.Now + interval - since, $"another view was refreshed {since.TotalSeconds:F0} s ago, less than {interval.TotalSeconds:F0} s")
            : default);

    /// <summary>Puts a refresh off during parts of the day.</summary>
    /// <param name="zone">The time zone.</param>
    /// <param name="hours">The parts.</param>
    /// <returns>The policy.</returns>
    public static IRefreshPolicy Quiet(TimeZoneInfo zone, params QuietHours[] hours)
    {
        ArgumentNullException.ThrowIfNull(zone);
        ArgumentNullException.ThrowIfNull(hours);
        return new Rule(view =>
            hours.Max(h => h.EndOf(view.Now, zone)) is { } end ? Defer(end, $"these are quiet hours, until {TimeZoneInfo.ConvertTime(end, zone):HH:mm} {zone.Id}") : default);
    }

    /// <summary>Puts a refresh off while ingestion or the users are busy.</summary>
    /// <returns>The policy.</returns>
    public static IRefreshPolicy YieldWhenBusy() => new Rule(view => view.Busy is { } busy ? new(RefreshVerdict.Defer, busy) : default);

    /// <summary>Puts the refresh of a view that takes long off, so that refreshing takes a share of the time at most.</summary>
    /// <param name="share">The share; above 0, at most 1.</param>
    /// <returns>The policy.</returns>
    public static IRefreshPolicy MaxCost(double share)
    {
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(share);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(share, 1);
        return new Rule(view =>
            view is { LastDuration: { } took, SinceRefresh: { } since } && since < took / share
                ? Defer(view.Now + (took / share) - since, $"its last refresh took {took.TotalSeconds:F1} s and may take {share:P0} of the time")
                : default);
    }

    private static TimeSpan? Waiting(ViewState view) => view.ChangedRows == 0 ? null : view.SinceFirstChange ?? view.SinceRefresh;

    private static RefreshDecision Decide(RefreshDecision[] decisions)
    {
        RefreshDecision[] wishes = [.. decisions.Where(d => d.IsRefresh)], doubts = [.. decisions.Where(d => d.Verdict == RefreshVerdict.Defer)];
        if (wishes.Length == 0) return new(RefreshVerdict.Skip, Join(decisions.Where(d => d.Verdict == RefreshVerdict.Skip)) is { Length: > 0 } reason ? reason : "no rule asks for it");
        string want = Join(wishes);
        if (wishes.Any(d => d.Verdict == RefreshVerdict.Require))
            return new(RefreshVerdict.Require, doubts.Length == 0 ? want : $"{want}, although {Join(doubts)}");
        return doubts.Length == 0
            ? new(RefreshVerdict.Refresh, want)
            : new(RefreshVerdict.Defer, $"{Join(doubts)} ({want})", doubts.Max(d => d.Until));
    }

    private static string Join(IEnumerable<RefreshDecision> decisions) => string.Join("; ", decisions.Select(d => d.Reason).Where(r => !string.IsNullOrEmpty(r)));

    private static RefreshDecision Skip(FormattableString reason) => new(RefreshVerdict.Skip, FormattableString.Invariant(reason));

    private static RefreshDecision Refresh(FormattableString reason) => new(RefreshVerdict.Refresh, FormattableString.Invariant(reason));

    private static RefreshDecision Require(FormattableString reason) => new(RefreshVerdict.Require, FormattableString.Invariant(reason));

    private static RefreshDecision Defer(DateTimeOffset until, FormattableString reason) => new(RefreshVerdict.Defer, FormattableString.Invariant(reason), until);

    private sealed class Rule(Func<ViewState, RefreshDecision> decide) : IRefreshPolicy
    {
        public RefreshDecision Decide(ViewState view)
        {
            ArgumentNullException.ThrowIfNull(view);
            return decide(view);
        }
    }
}
