using Claims.Ingestion.Governing;
using Claims.LoadTests.Governing;

namespace Claims.Ingestion.Tests.Governing;

/// <summary>The control against a simulated database: what the users meet, and what is left for ingestion.</summary>
public sealed class GovernorControlTests
{
    [Theory]
    [InlineData(0.05)]
    [InlineData(0.2)]
    [InlineData(0.5)]
    public void Decide_SteadyUsers_LeavesThemWithinTheTargetAndIngestionAtWork(double users)
    {
        SimulatedUsers run = Quiet(users);
        run.IsIngesting = true;
        run.Run(TimeSpan.FromSeconds(20));

        var steps = run.Run(TimeSpan.FromMinutes(5));

        Assert.InRange(steps.Average(s => s.Ratio), 1.02, 1.25);
        Assert.InRange(Quantile(steps.Select(s => s.Ratio), 0.95), 1, 1.35);

        // What the target allows: 0.8 * 0.25 more latency, less what noise costs.
        double allowed = (1 - users) * (1 - (1 / 1.2)) / 0.9;
        Assert.InRange(steps.Average(s => s.Share), 0.5 * allowed, 1.3 * allowed);
    }

    [Fact]
    public void Decide_IngestionBegins_GivesWayWithinASecond()
    {
        SimulatedUsers run = Quiet(0.3);
        run.IsIngesting = true;

        var steps = run.Run(TimeSpan.FromSeconds(4));

        // Seen at two looks, half a second apart, it is cut within a second.
        Assert.True(steps[0].Ratio > 3);
        Assert.True(steps[2].Share <= 0.5 * steps[0].Share);
        Assert.True(steps.Last().Ratio < 1.5, $"{steps.Last().Ratio}");
    }

    [Fact]
    public void Decide_FiveTimesTheUsers_AreWithinHalfAsMuchMoreThanAloneAfterThreeSeconds()
    {
        SimulatedUsers run = Quiet(0.1);
        run.IsIngesting = true;
        run.Run(TimeSpan.FromMinutes(2));
        double before = run.Steps[^20..].Average(s => s.Share);
        run.Users = 0.5;

        var burst = run.Run(TimeSpan.FromSeconds(60));

        Assert.True(burst.Skip(6).Max(s => s.Ratio) < 1.5, $"{burst.Skip(6).Max(s => s.Ratio)}");

        // It learns that they are slower by themselves, and does not starve because of it.
        run.Run(TimeSpan.FromMinutes(2));
        Assert.InRange(run.Run(TimeSpan.FromMinutes(2)).Average(s => s.Share), 0.03, before);
        run.Users = 0.1;
        run.Run(TimeSpan.FromMinutes(2));
        Assert.InRange(run.Run(TimeSpan.FromMinutes(2)).Average(s => s.Share), 0.6 * before, 1.5 * before);
    }

    [Fact]
    public void Decide_RushBelowWhatIsQuickEnough_GivesWayUntilItIsUsual()
    {
        var run = new SimulatedUsers { Users = 0.06, FullSpeed = 0.25, Options = new GovernorOptions() };
        run.Run(TimeSpan.FromMinutes(1));
        run.IsIngesting = true;
        Assert.All(run.Run(TimeSpan.FromMinutes(2)), s => Assert.Equal(1, s.Share));
        run.Users = 0.25;

        var rush = run.Run(TimeSpan.FromMinutes(1));

        Assert.True(rush[0].Ratio > 1.4);
        Assert.True(rush.Skip(6).Max(s => s.Ratio) < 1.2, $"{rush.Skip(6).Max(s => s.Ratio)}");
        Assert.Contains(rush, s => s.Decision.Reason.EndsWith(", in a rush; it waits before it takes more", StringComparison.Ordinal) || s.Decision.Reason.EndsWith(", in a rush", StringComparison.Ordinal));
        run.Run(TimeSpan.FromMinutes(5));
        Assert.True(run.State.Share > 0.5, $"{run.State.Share}");
    }

    [Fact]
    public void Decide_FewMoreUsers_AreNoRush()
    {
        var run = new SimulatedUsers { Users = 0.06, FullSpeed = 0.25, Options = new GovernorOptions() };
        run.Run(TimeSpan.FromMinutes(1));
        run.IsIngesting = true;
        run.Users = 0.12;

        Assert.All(run.Run(TimeSpan.FromMinutes(1)), s => Assert.False(s.Decision.State.IsRush));
    }

    [Fact]
    public void Decide_ADayOfOverload_DoesNotTakeItForUsual()
    {
        SimulatedUsers run = Quiet(0.2);
        TimeSpan learned = run.State.Baseline!.Value;
        run.IsIngesting = true;

        run.Run(TimeSpan.FromHours(24));

        Assert.InRange(run.State.Baseline!.Value / learned, 0.8, 1.1);
        Assert.InRange(run.Steps[^1000..].Average(s => s.Ratio), 1, 1.25);
    }

    [Fact]
    public void Decide_NobodyAsks_TakesAllOfIt()
    {
        SimulatedUsers run = Quiet(0.2);
        run.IsIngesting = true;
        run.Run(TimeSpan.FromMinutes(1));
        run.Users = 0;

        var steps = run.Run(TimeSpan.FromMinutes(1));

        Assert.Equal(1, steps.Last().Share);
        Assert.Equal("nobody suffers", steps.Last().Decision.Reason);
    }

    [Theory]
    [InlineData(0.05)]
    [InlineData(0.2)]
    [InlineData(0.3)]
    public void Decide_NoisySignal_NeitherCollapsesNorSwings(double noise)
    {
        SimulatedUsers run = Quiet(0.2, noise);
        run.IsIngesting = true;
        run.Run(TimeSpan.FromMinutes(1));

        var steps = run.Run(TimeSpan.FromMinutes(10));

        double mean = steps.Average(s => s.Share);
        Assert.True(mean > 0.03, $"{mean}");
        Assert.True(steps.Average(s => s.Ratio) < 1.25);
    }

    [Theory]
    [InlineData(0.02)]
    [InlineData(0.05)]
    [InlineData(0.1)]
    public void Decide_TheMachineStandsStillNowAndThen_IngestionDoesNotStarve(double stalls)
    {
        // All of it costs the users a few per cent, so whatever it gives away is lost.
        var run = new SimulatedUsers(0.4) { Users = 0.3, FullSpeed = 0.05, Stalls = stalls, Options = new GovernorOptions() };
        run.Run(TimeSpan.FromMinutes(1));
        run.IsIngesting = true;
        run.Run(TimeSpan.FromMinutes(1));

        Assert.InRange(run.Run(TimeSpan.FromMinutes(10)).Average(s => s.Share), 1 - (5 * stalls), 1);
    }

    [Fact]
    public void Decide_UsersLeaveWhileTheyAreQuicker_LearnsNothingAndTakesAllOfIt()
    {
        var options = new GovernorOptions();
        var state = new GovernorState { Share = options.MinShare, Baseline = TimeSpan.FromMilliseconds(34), Latency = TimeSpan.FromMilliseconds(4), Readings = 100 };
        for (int i = 1; i <= 120; i++) state = GovernorControl.Decide(options, new GovernorSignals { Now = TimeSpan.FromSeconds(i / 2.0), IsAtWork = true, UserRate = 0 }, state).State;

        Assert.Equal((1, TimeSpan.FromMilliseconds(34)), (state.Share, state.Baseline));
    }

    [Fact]
    public void Decide_OtherLoadEnds_IsBackAtFullSpeedSoon()
    {
        var run = new SimulatedUsers { Users = 0.1, FullSpeed = 0.05 };
        run.Run(TimeSpan.FromMinutes(1));
        run.IsIngesting = true;
        run.Others = 0.7;
        run.Run(TimeSpan.FromSeconds(10));
        Assert.Equal(run.Options.MinShare, run.State.Share, 6);
        run.Others = 0;

        run.Run(TimeSpan.FromSeconds(45));

        Assert.Equal(1, run.State.Share);
    }

    [Fact]
    public void Decide_DeadSignal_IsTheSafeShareAndSaysSo()
    {
        SimulatedUsers run = Quiet(0.05);
        run.IsIngesting = true;
        run.IsDead = true;

        var dead = run.Run(TimeSpan.FromSeconds(10));

        Assert.All(dead.Skip(1), s => Assert.Equal(run.Options.SafeShare, s.Share));
        Assert.Equal(("dead", "the safe share, because the users' latency cannot be measured"), (dead.Last().Decision.Signal, dead.Last().Decision.Reason));
        run.IsDead = false;
        Assert.NotEqual("dead", run.Run(TimeSpan.FromSeconds(1)).Last().Decision.Signal);
    }

    [Fact]
    public void Decide_UsersSufferForOtherReasons_IngestionKeepsItsLeastShareAndMoreWhenFilesWaitTooLong()
    {
        SimulatedUsers run = Quiet(0.2);
        run.IsIngesting = true;
        run.Others = 0.78;

        run.Run(TimeSpan.FromSeconds(10));
        Assert.Equal(run.Options.MinShare, run.State.Share, 6);
        run.OldestFile = run.Options.FreshnessDeadline * 0.75;
        run.Run(TimeSpan.FromSeconds(1));
        Assert.InRange(run.State.Share, 0.2, 0.3);
        run.OldestFile = run.Options.FreshnessDeadline * 2;
        GovernorDecision last = run.Run(TimeSpan.FromSeconds(1)).Last().Decision;
        Assert.Equal(run.Options.DeadlineShare, last.State.Share);
        Assert.Equal("deadline", last.Signal);
        Assert.StartsWith("a file waits for 1200 s; otherwise: users' queries take", last.Reason, StringComparison.Ordinal);
    }

    [Fact]
    public void Decide_BaselineNotKnown_TheLimitHolds()
    {
        var run = new SimulatedUsers { Users = 0.2, IsIngesting = true, Options = new GovernorOptions { UserLatencyFloor = TimeSpan.Zero, UserLatencyLimit = TimeSpan.FromMilliseconds(8) } };

        run.Run(TimeSpan.FromSeconds(30));

        Assert.Null(run.State.Baseline);
        Assert.InRange(run.Run(TimeSpan.FromMinutes(1)).Average(s => s.Ratio) * 6.25, 6.25, 8.5);
    }

    [Theory]
    [InlineData("pool", "users wait 25.0 ms for a connection")]
    [InlineData("locks", "2 sessions wait for a lock of the ingestion")]
    [InlineData("replica", "a replica is late by")]
    [InlineData("other hosts", "users of another host meet 1.50 of what is allowed")]
    [InlineData("commit", "commits take 1500 ms")]
    [InlineData("processor", "this host uses 99")]
    public void Decide_OtherSignals_BindWhenTheyAreWorst(string signal, string reason)
    {
        var signals = new GovernorSignals { Now = TimeSpan.FromSeconds(1), IsAtWork = true, UserLatency = TimeSpan.FromMilliseconds(1), PoolWait = TimeSpan.Zero, BlockedByUs = 0, ReplicaLag = 0.1, OtherHosts = 0 };
        signals = signal switch
        {
            "pool" => signals with { PoolWait = TimeSpan.FromMilliseconds(25) },
            "locks" => signals with { BlockedByUs = 2 },
            "replica" => signals with { ReplicaLag = 0.8 },
            "commit" => signals with { CommitLatency = TimeSpan.FromSeconds(1.5) },
            "processor" => signals with { ProcessorUse = 0.994 },
            _ => signals with { OtherHosts = 1.5 },
        };

        GovernorDecision decision = GovernorControl.Decide(new GovernorOptions(), signals, new GovernorState());

        Assert.Equal(signal, decision.Signal);
        Assert.StartsWith(reason, decision.Reason, StringComparison.Ordinal);
        Assert.True(decision.State.Share < 1);
    }

    [Fact]
    public void Decide_QuickEnough_NobodyGivesWay()
    {
        var options = new GovernorOptions();
        var state = new GovernorState { Baseline = TimeSpan.FromMilliseconds(2) };
        for (int i = 1; i <= 20; i++) state = GovernorControl.Decide(options, AtWork(i, 9.4), state).State;
        Assert.Equal(1, state.Share);

        for (int i = 21; i <= 24; i++) state = GovernorControl.Decide(options, AtWork(i, 20), state).State;
        Assert.True(state.Share < 0.5);

        static GovernorSignals AtWork(int step, double milliseconds) => new()
        {
            Now = TimeSpan.FromSeconds(step / 2.0),
            IsAtWork = true,
            UserLatency = TimeSpan.FromMilliseconds(milliseconds),
            UserLatencySpan = TimeSpan.FromSeconds(0.5),
        };
    }

    [Fact]
    public void Decide_NothingToDo_TheShareComesBackHoweverSlowTheUsersAre()
    {
        SimulatedUsers run = Quiet(0.2);
        run.IsIngesting = true;
        run.Others = 0.78;
        run.Run(TimeSpan.FromSeconds(10));

        run.IsIngesting = false;
        Assert.Equal(1, run.Run(TimeSpan.FromSeconds(20)).Last().Decision.State.Share);
    }

    [Fact]
    public void Decide_Rests_AreNotTakenForNothingToDo()
    {
        var signals = new GovernorSignals { Now = TimeSpan.FromSeconds(5), IsAtWork = false, IsIdle = false, UserLatency = TimeSpan.FromSeconds(1), UserLatencySpan = TimeSpan.FromSeconds(0.5) };

        Assert.True(GovernorControl.Decide(new GovernorOptions(), signals, new GovernorState { Share = 0.1, Smooth = 4 }).State.Share <= 0.1);
    }

    [Fact]
    public void Limits_GiveUpViewsFirstThenFillingThenBatchesThenWriters()
    {
        GovernorLimits[] limits = [.. new[] { 1, 0.85, 0.6, 0.2, 0.02 }.Select(GovernorLimits.Of)];

        Assert.Equal([true, false, false, false, false], limits.Select(l => l.MayRefresh));
        Assert.Equal([true, true, false, false, false], limits.Select(l => l.MayFill));
        Assert.Equal([1, 1, 0.857, 0.286, 0.029], limits.Select(l => Math.Round(l.Pace, 3)));
        Assert.Equal([1, 0.5, 0, 0, 0], limits.Select(l => Math.Round(l.BatchShare, 3)));
        Assert.Equal([1, 1, 1, 0.667, 0.067], limits.Select(l => Math.Round(l.WriterShare, 3)));
    }

    private static SimulatedUsers Quiet(double users, double noise = 0.1)
    {
        var run = new SimulatedUsers(noise) { Users = users };
        run.Run(TimeSpan.FromMinutes(1));
        return run;
    }

    private static double Quantile(IEnumerable<double> values, double share)
    {
        double[] ordered = [.. values.Order()];
        return ordered[(int)(share * (ordered.Length - 1))];
    }
}
