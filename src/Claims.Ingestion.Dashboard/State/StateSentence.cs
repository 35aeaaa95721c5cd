using Claims.Ingestion.Dashboard.Text;
using Claims.Ingestion.Diagnostics;
using Claims.Ingestion.Polling;
using Claims.Ingestion.Scheduling;
using Claims.Ingestion.Volumes;

namespace Claims.Ingestion.Dashboard.State;

/// <summary>The state in sentences, the worst first: the first of them says it all, the others what else there is. Without a clock or a side effect.</summary>
internal static class StateSentence
{
    /// <summary>From this share of failing facilities on it is not the facilities.</summary>
    private const double ManyFail = 0.2;

    /// <summary>Below this part of its speed ingestion does not get through its work, and the users are not well yet.</summary>
    private const double LittleSpeed = 0.3;

    /// <summary>A session that waits longer for a lock is not passing by.</summary>
    private static readonly TimeSpan _longWait = TimeSpan.FromSeconds(2);

    /// <summary>A report is usually behind by a second or two, one that is kept as a materialized view by some minutes.</summary>
    private static readonly TimeSpan _stale = TimeSpan.FromSeconds(30);

    /// <summary>A report that is further behind than policies usually let it be is not being caught up.</summary>
    private static readonly TimeSpan _longStale = TimeSpan.FromMinutes(6);

    /// <summary>Nobody notices less.</summary>
    private static readonly TimeSpan _noticed = TimeSpan.FromMilliseconds(10);

    /// <summary>This is slow, whatever it is in quiet.</summary>
    private static readonly TimeSpan _slow = TimeSpan.FromMilliseconds(250);

    private static readonly TimeSpan _longPoolWait = TimeSpan.FromMilliseconds(10);

    /// <returns>At least one finding, the worst first.</returns>
    public static IReadOnlyList<Finding> Of(StateFacts facts)
    {
        var findings = new List<Finding?>();
        findings.AddRange([Pipeline(facts), Database(facts), Failing(facts)]);
        findings.AddRange([.. Pools(facts), Locks(facts), Users(facts), .. Servers(facts), .. Views(facts), Quiet(facts), Surging(facts), Acknowledgements(facts), Bottleneck(facts), Paused(facts), None(facts)]);
        Finding[] found = [.. findings.OfType<Finding>().OrderByDescending(f => f.Level)];
        return found is [{ Level: > StateLevel.Note }, ..] ? found : [Well(facts), .. found];
    }

    private static Finding? Pipeline(StateFacts facts) => facts switch
    {
        { IsRunning: true } => null,
        { Fault: { } stage } => new(StateLevel.Trouble, $"Ingestion has stopped: the stage '{stage}' failed; nothing is lost. See the log for why, and restart this host.", "pipeline"),
        _ => new(StateLevel.Warning, "Ingestion is not running: this host is starting or stopping.", "pipeline"),
    };

    private static Finding? Database(StateFacts facts) => facts.DatabaseDownSince is { } since
        ? new(StateLevel.Trouble, $"Ingestion is held up: the database does not answer since {Spoken.Span(Whole(facts.Now - since))}; nothing is lost.", "database")
        : null;

    private static Finding? Failing(StateFacts facts)
    {
        FacilityState[] failing = [.. facts.Facilities.Where(FacilityWords.IsFailing)];
        if (failing.Length == 0) return null;
        FacilityState worst = failing.MaxBy(f => (FacilityWords.IsParked(f), f.ConsecutiveFailures))!;
        string verb = failing.Length == 1 ? "fails" : "fail";
        StateLevel level = failing.Length >= ManyFail * facts.Facilities.Count ? StateLevel.Trouble : StateLevel.Warning;
        string all = $"{Spoken.Number(failing.Length)} of {Spoken.Count(facts.Facilities.Count, "facility", "facilities")} {verb}";
        string which = failing.Length == 1 ? "it is" : "the worst is";
        return new(level, $"{all}; {which} {worst.FacilityId}: {FacilityWords.Reason(worst)}.", failing.Length == 1 ? $"facilities/{Uri.EscapeDataString(worst.FacilityId)}" : "facilities?show=failing");
    }

    private static IEnumerable<Finding> Pools(StateFacts facts) =>
        from pool in facts.Database?.Pools ?? []
        where pool.Held >= pool.Max && pool.Wait > _longPoolWait && pool.Role != "ingestion"
        select new Finding(StateLevel.Trouble, $"Users wait {Spoken.Span(pool.Wait!.Value)} for a connection: all {pool.Max} of the pool '{pool.Role}' are held.", "database");

    private static Finding? Locks(StateFacts facts)
    {
        if (facts.Database?.Watch?.Blocked is not { Count: > 0 } blocked || blocked.Max(b => b.Waiting) < _longWait) return null;
        BlockedSession longest = blocked.MaxBy(b => b.Waiting)!;
        string waits = blocked.Count == 1 ? "waits" : "wait";
        string relation = longest.Relation is { } table ? $" on {table}" : "";
        return new(StateLevel.Warning, $"{Spoken.Count(blocked.Count, "session", "sessions")} {waits} for a lock{relation}, for {Spoken.Span(Whole(longest.Waiting))}; {longest.BlockedByApplication} holds it.", "database");
    }

    private static Finding? Users(StateFacts facts)
    {
        if (facts.Governor is not { } governor) return null;
        if (governor.Signal == "dead") return new(StateLevel.Warning, $"The governor cannot see the users and gives ingestion {Spoken.Percent(governor.Share)} of its speed: {Spoken.Brief(governor.Reason)}.", "pipeline");
        if (governor.UserLatency is { } slow && slow > _noticed && (slow > _slow || slow > 2 * governor.Baseline))
        {
            string instead = governor.Baseline is { } quiet ? $" instead of {Spoken.Milliseconds(quiet)}" : "";
            return new(StateLevel.Warning, $"Users' queries take {Spoken.Milliseconds(slow)}{instead}; ingestion {(governor.Share < 1 ? "gives way and " : "")}has {Spoken.Percent(governor.Share)} of its speed.", "pipeline");
        }

        if (governor.Share >= 1 || governor.Signal == "none") return null;
        return governor is { Signal: "latency", UserLatency: { } latency, Baseline: { } baseline } && latency > baseline
            ? new(
                latency > 2 * baseline || governor.Share < LittleSpeed ? StateLevel.Warning : StateLevel.Note,
                $"Users' queries take {Spoken.Milliseconds(latency)} instead of {Spoken.Milliseconds(baseline)}; ingestion gives way and has {Spoken.Percent(governor.Share)} of its speed.", "pipeline")
            : new(governor.Share < LittleSpeed ? StateLevel.Warning : StateLevel.Note, $"Ingestion gives way and has {Spoken.Percent(governor.Share)} of its speed: {Spoken.Brief(governor.Reason)}.", "pipeline");
    }

    private static IEnumerable<Finding> Servers(StateFacts facts)
    {
        if (facts.DatabaseDownSince is not null) yield break;
        foreach (ServerOverview server in facts.Database?.Servers ?? [])
        {
            if (!server.IsReachable) yield return new(StateLevel.Warning, $"The server {server.Name} does not answer; the others do its work.", "database");
            else if (!server.GetsReads && server.Lag is { } lag) yield return new(StateLevel.Warning, $"The replica {server.Name} is {Spoken.Span(lag)} behind and gets no reads; the others do its work.", "database");
            else if (server.Error is not null) yield return new(StateLevel.Warning, $"The server {server.Name} gets no reads: {Spoken.Brief(server.Error)}.", "database");
        }
    }

    private static IEnumerable<Finding> Views(StateFacts facts) =>
        from view in facts.Views
        where view.Staleness > _stale
        orderby view.Staleness descending
        select new Finding(view.Staleness > _longStale ? StateLevel.Warning : StateLevel.Note, $"The report {view.Name} is {Spoken.Span(view.Staleness)} behind{LastReason(view)}.", "views");

    private static string LastReason(ViewOverview view) => view.Decisions is [{ } last, ..] ? $": {last.Decision}, {Spoken.Brief(last.Reason)}" : "";

    private static Finding? Quiet(StateFacts facts) => OfVolume(facts, VolumeState.Silent, "brings", "bring", "no files where there usually are some");

    private static Finding? Surging(StateFacts facts) => OfVolume(facts, VolumeState.Surging, "brings", "bring", "far more than usual") is { } surge ? surge with { Level = StateLevel.Note } : null;

    private static Finding? OfVolume(StateFacts facts, VolumeState volume, string one, string many, string what)
    {
        FacilityState[] found = [.. facts.Facilities.Where(f => f.Volume == volume && !f.IsPaused && !FacilityWords.IsFailing(f))];
        if (found.Length == 0) return null;
        string who = found.Length == 1 ? found[0].FacilityId : $"{Spoken.Number(found.Length)} facilities";
        return new(StateLevel.Warning, $"{who} {(found.Length == 1 ? one : many)} {what}.", found.Length == 1 ? $"facilities/{Uri.EscapeDataString(found[0].FacilityId)}" : "facilities");
    }

    private static Finding? Acknowledgements(StateFacts facts)
    {
        int refused = facts.Facilities.Count(f => f.AcknowledgementError is not null);
        return refused == 0 ? null : new(StateLevel.Warning, $"The source of {Spoken.Count(refused, "facility", "facilities")} does not take acknowledgements; the next poll tries again, nothing is stored twice.", "facilities");
    }

    private static Finding? Bottleneck(StateFacts facts) => facts.Flow is { Bottleneck: { } stage } flow
        ? new(StateLevel.Note, $"Ingestion is busy: {Spoken.Count(flow.Stages[0].Items, "file is", "files are")} in flight, as many as may be; downloads wait for the stage '{stage}'.", "pipeline")
        : null;

    private static Finding? Paused(StateFacts facts)
    {
        int paused = facts.Facilities.Count(f => f.IsPaused);
        if (paused == 0) return null;
        return paused == facts.Facilities.Count
            ? new(StateLevel.Warning, "All facilities are paused: nothing is polled.", "facilities?show=paused")
            : new(StateLevel.Note, $"{Spoken.Count(paused, "facility is", "facilities are")} paused.", "facilities?show=paused");
    }

    private static Finding? None(StateFacts facts) => facts.Facilities.Count > 0 ? null
        : new(StateLevel.Warning, "No facilities are known: nothing is polled. Name them in the configuration or in the table of facilities.", "facilities");

    private static Finding Well(StateFacts facts)
    {
        List<string> parts = [Spoken.Count(facts.Facilities.Count, "facility", "facilities")];
        if (facts.ClaimsPerMinute is { } claims) parts.Add($"{Spoken.Number(claims)} claims/min");
        if (facts.Governor?.UserLatency is { } latency)
            parts.Add($"users' queries {Spoken.Milliseconds(latency)}{(facts.Governor.Baseline is { } baseline ? FormattableString.Invariant($" ({baseline.TotalMilliseconds:N1} in quiet)") : "")}");
        return new(StateLevel.Well, $"All is well: {string.Join(", ", parts)}.", "facilities");
    }

    private static TimeSpan Whole(TimeSpan span) => TimeSpan.FromSeconds(Math.Floor(span.TotalSeconds));
}
