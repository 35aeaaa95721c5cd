namespace Claims.Ingestion.Governing;

/// <summary>
/// The control: from signals and state to a share, without a clock or a side effect. Each signal says by how much it is above what it should be, and the worst one binds. Far above at two looks, the share is cut by
/// as much as it is too slow; a little above, when it stays so for a moment, by little; below, it is given back slowly, quicker while it is far from the share at which the users suffered last, or when nobody suffered
/// for long; in between nothing moves. What one look alone sees is a moment in which the machine stood still, and changes nothing.
/// </summary>
internal static class GovernorControl
{
    /// <summary>It is cut before the target is missed: the part of what is allowed above the baseline.</summary>
    private const double Margin = 0.8;

    /// <summary>It is cut when it is so much above what it should be, and was too slow at the look before, too.</summary>
    private const double Alarm = 1.5;
    private const double Doubtful = 1.2;
    private const double MostCut = 0.4;

    /// <summary>What is less is looked at over a second or two, and cut by little. More than the most is as much as that.</summary>
    private const double Smoothing = 0.4;
    private const double MostPressure = 2.5;
    private const double MostTrim = 0.8;
    private const double LeastTrim = 0.98;

    private const double GiveBackBelow = 0.95;
    private const double QuickGrowth = 1.15;
    private const double SlowGrowth = 1.03;
    private const double NearCeiling = 0.85;
    private const double NearlyNothing = 1.5;

    private static readonly TimeSpan _hold = TimeSpan.FromSeconds(2);

    /// <summary>When the users were quick for so long, what was too much before may not be any more.</summary>
    private static readonly TimeSpan _calm = TimeSpan.FromSeconds(10);
    private static readonly TimeSpan _aftermath = TimeSpan.FromMilliseconds(500);
    private static readonly TimeSpan _worstPoolWait = TimeSpan.FromMilliseconds(10);

    /// <summary>The baseline follows what is measured over half a minute, up as quickly as down: it is the geometric mean, in the middle of noise that has a long tail.</summary>
    private const double BaselineSmoothing = 0.03;
    private const double QuickerSmoothing = 0.15;
    private const double LatencySmoothing = 0.2;
    private const double FarBelow = 0.9;

    /// <summary>A single reading counts as so many times the baseline at most: a moment in which all stood still says nothing of the rest.</summary>
    private const double MostOfBaseline = 3;
    private const double LearningTrim = 0.9;

    /// <summary>More than twice as many queries as over the last minutes is a rush, where it is more than chance.</summary>
    private const double RushFactor = 2;
    private const double LeastRush = 20;
    private const double RateSmoothing = 0.002;

    public static GovernorDecision Decide(GovernorOptions options, GovernorSignals signals, GovernorState state)
    {
        state = Learn(options, signals, Count(signals, state));
        return DecideShare(options, signals, state) with { OwnPressure = signals.UserLatency is { } latency ? latency / Allowed(options, state) : null };
    }

    private static GovernorDecision DecideShare(GovernorOptions options, GovernorSignals signals, GovernorState state)
    {
        if (signals.Dead.Count > 0) return Settle(options, signals, state with { Share = Math.Min(state.Share, options.SafeShare), CutAt = signals.Now }, "dead", $"the safe share, because {string.Join("; ", signals.Dead)}", 1);

        (double pressure, string signal, string reason) = Worst(options, signals, state);

        // Whatever the users meet while ingestion has nothing to do is not its doing, and what it does later is seen at once.
        if (signals is { IsIdle: true, IsAtWork: false } && state.Share < 1)
            return Settle(options, signals, state with { Share = state.Share * QuickGrowth, Smooth = null, Pressure = 0, EarlierPressure = 0 }, signal, $"{reason}; there is nothing to do, so the share comes back", pressure);
        (double alarm, double doubtful) = state.IsRush ? (1, 1) : (Alarm, Doubtful);
        bool isAlarm = pressure > alarm && state.Pressure > doubtful;
        double typical = Math.Min(MostPressure, state.Smooth is null ? pressure : Median(pressure, state.Pressure, state.EarlierPressure));
        bool isCutOfLate = signals.Now - state.CutAt < _hold;
        state = state with { Pressure = pressure, EarlierPressure = state.Pressure };
        if (isAlarm)
        {
            // What follows within a moment is the same alarm, and at nearly nothing the users do not suffer from ingestion.
            double ceiling = state.Share > NearlyNothing * options.MinShare && !isCutOfLate ? state.Share : state.Ceiling;
            state = state with { Share = state.Share * (state.IsRush ? MostCut : Math.Max(1 / pressure, MostCut)), Ceiling = ceiling, CutAt = signals.Now, Smooth = 1, CalmSince = null };
            return Settle(options, signals, state, signal, reason, pressure);
        }

        double smooth = state.Smooth is { } before ? before + (Smoothing * (typical - before)) : typical;
        state = state with { Smooth = smooth, CalmSince = smooth > GiveBackBelow ? null : state.CalmSince ?? signals.Now };
        if (smooth > 1) return Settle(options, signals, state with { Share = state.Share * Math.Clamp(1 / smooth, MostTrim, LeastTrim) }, signal, reason, pressure);
        if (state.Share >= 1) return Settle(options, signals, state, "none", "nobody suffers", pressure);
        if (smooth > GiveBackBelow) return Settle(options, signals, state, signal, $"{reason}; it stays as it is", pressure);
        if (isCutOfLate) return Settle(options, signals, state, signal, $"{reason}; it waits before it takes more", pressure);
        if (state.IsLearning) return Settle(options, signals, state with { Share = state.Share * LearningTrim }, signal, $"{reason}; it takes less while it learns that the users are quicker now", pressure);
        double more = signals.Now - state.CalmSince >= _calm ? state.Share * QuickGrowth
            : state.Share < NearCeiling * state.Ceiling ? Math.Min(state.Share * QuickGrowth, NearCeiling * state.Ceiling)
            : state.Share * SlowGrowth;
        return Settle(options, signals, state with { Share = more, Ceiling = Math.Max(state.Ceiling, more) }, signal, $"{reason}; it takes more", pressure);
    }

    /// <summary>Never below the least share, and above it when a file waits for long.</summary>
    private static GovernorDecision Settle(GovernorOptions options, GovernorSignals signals, GovernorState state, string signal, string reason, double pressure)
    {
        double least = options.MinShare;
        if (signals.OldestFile is { } oldest && oldest > options.FreshnessDeadline / 2)
        {
            double part = Math.Min(1, (oldest / options.FreshnessDeadline * 2) - 1);
            double raised = options.MinShare + (part * Math.Max(0, options.DeadlineShare - options.MinShare));
            if (raised > state.Share)
            {
                least = raised;
                (signal, reason) = ("deadline", FormattableString.Invariant($"a file waits for {oldest.TotalSeconds:F0} s; otherwise: {reason}"));
            }
        }

        return new GovernorDecision(state with { Share = Math.Clamp(state.Share, least, 1) }, signal, reason, pressure);
    }

    /// <summary>
    /// What users meet while nothing is at work is the baseline. So is what they meet while ingestion has nearly nothing: when they are slow then, it is not its doing, and it would have nearly nothing for ever. A
    /// rush passes, or is usual soon: what they meet in it is not taken for it.
    /// </summary>
    private static GovernorState Learn(GovernorOptions options, GovernorSignals signals, GovernorState state)
    {
        state = state with { Latency = signals.UserLatency is { } met ? Follow(state.Latency ?? met, met, LatencySmoothing) : null };
        if (signals.IsAtWork && state.IsRush) return state with { QuietSince = null, IsLearning = false };
        if (signals.IsAtWork && state.Share > NearlyNothing * options.MinShare)
        {
            // Without the work it would not be slower than it is with it. Only what is far below is no noise: taking the lowest would bring the baseline down for ever.
            bool isQuicker = state.Latency < FarBelow * state.Baseline;
            return state with { QuietSince = null, IsLearning = isQuicker, Baseline = isQuicker ? Follow(state.Baseline!.Value, state.Latency!.Value, QuickerSmoothing) : state.Baseline };
        }

        state = state with { IsLearning = false };
        TimeSpan since = state.QuietSince ?? signals.Now;
        state = state with { QuietSince = since };
        if (signals.UserLatency is not { } latency || signals.Now - since < signals.UserLatencySpan + _aftermath) return state;

        // From what it was a moment ago, not from a baseline that is still on its way.
        TimeSpan apart = (latency - state.Latency!.Value).Duration();
        int readings = state.Readings + 1;
        double rate = Math.Max(BaselineSmoothing, 1.0 / readings);
        TimeSpan baseline = state.Baseline ?? TimeSpan.FromTicks(Math.Max(1, latency.Ticks));
        latency = TimeSpan.FromTicks(Math.Clamp(latency.Ticks, 1, (long)(MostOfBaseline * baseline.Ticks)));
        return state with { Readings = readings, Baseline = baseline * Math.Pow(latency / baseline, rate), Deviation = Follow(state.Deviation, apart < baseline ? apart : baseline, rate) };
    }

    /// <summary>A rush is seen by the number of queries before it is felt, and what nobody notices otherwise is then the first sign of it.</summary>
    private static GovernorState Count(GovernorSignals signals, GovernorState state)
    {
        if (signals.UserRate is not { } rate) return state with { IsRush = false };
        int readings = state.RateReadings + 1;
        bool isRush = state.RateReadings > 0 && rate > (RushFactor * state.UserRate) + LeastRush;
        return state with { IsRush = isRush, RateReadings = readings, UserRate = state.UserRate + ((rate - state.UserRate) * Math.Max(RateSmoothing, 1.0 / readings)) };
    }

    private static double Median(double a, double b, double c) => Math.Max(Math.Min(a, b), Math.Min(Math.Max(a, b), c));

    private static TimeSpan Follow(TimeSpan baseline, TimeSpan latency, double rate) => baseline + ((latency - baseline) * rate);

    /// <summary>What the target leaves above the baseline; where what users meet in quiet goes up and down by more than that, as much as it does.</summary>
    private static TimeSpan Allowed(GovernorOptions options, GovernorState state)
    {
        if (state.Baseline is not { } baseline) return options.UserLatencyLimit;
        double above = Margin * Math.Max(baseline.Ticks * (options.UserLatencyTarget - 1), state.Deviation.Ticks);
        return TimeSpan.FromTicks(Math.Min(options.UserLatencyLimit.Ticks, Math.Max(state.IsRush ? 0 : options.UserLatencyFloor.Ticks, baseline.Ticks + (long)above)));
    }

    private static (double Pressure, string Signal, string Reason) Worst(GovernorOptions options, GovernorSignals signals, GovernorState state)
    {
        (double Pressure, string Signal, string Reason) worst = (0, "none", "nobody asks");
        if (signals.UserLatency is { } latency)
        {
            TimeSpan allowed = Allowed(options, state);
            string usual = state.Baseline is { } known ? FormattableString.Invariant($"in quiet {known.TotalMilliseconds:F1}") : "in quiet not known yet";
            Add(latency / allowed, "latency", FormattableString.Invariant($"users' queries take {latency.TotalMilliseconds:F1} ms, {usual}, allowed {allowed.TotalMilliseconds:F1}{(state.IsRush ? ", in a rush" : "")}"));
        }

        if (signals.OtherHosts is { } others) Add(others, "other hosts", FormattableString.Invariant($"users of another host meet {others:F2} of what is allowed"));
        if (signals.PoolWait is { } wait) Add(wait / _worstPoolWait, "pool", FormattableString.Invariant($"users wait {wait.TotalMilliseconds:F1} ms for a connection"));
        if (signals.BlockedByUs is { } blocked) Add(blocked > 0 ? 2 : 0, "locks", $"{blocked} sessions wait for a lock of the ingestion");
        if (signals.ReplicaLag is { } lag) Add(lag * 2, "replica", FormattableString.Invariant($"a replica is late by {lag:P0} of what is allowed"));
        if (signals.CommitLatency is { } commit) Add(commit / options.CommitLatencyLimit, "commit", FormattableString.Invariant($"commits take {commit.TotalMilliseconds:F0} ms"));
        if (signals.ProcessorUse is { } use && options.MaxProcessorUse < 1) Add(use / options.MaxProcessorUse, "processor", FormattableString.Invariant($"this host uses {use:P0} of its processors"));
        return worst;

        void Add(double pressure, string signal, string reason)
        {
            if (pressure > worst.Pressure) worst = (pressure, signal, reason);
        }
    }
}
