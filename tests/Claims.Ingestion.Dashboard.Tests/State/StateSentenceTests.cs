using Claims.Ingestion.Dashboard.State;
using Claims.Ingestion.Dashboard.Tests.Support;
using Claims.Ingestion.Diagnostics;
using Claims.Ingestion.Pipeline;
using Claims.Ingestion.Polling;
using Claims.Ingestion.Volumes;

namespace Claims.Ingestion.Dashboard.Tests.State;

public sealed class StateSentenceTests
{
    private static readonly PipelineFlow _full = new([new("admission", 256, 256, 256), new("reading", 3, 256, 9), new("writing", 64, 64, 64), new("acknowledging", 0, 100, 2)], 12, 5_000_000, 100_000_000, 6_000_000, 4000, "writing");

    [Fact]
    public void Of_NothingWrong_SaysHowWellItIs()
    {
        StateFacts facts = Given.Facts(Given.Facilities(100)) with { ClaimsPerMinute = 61_000, Governor = Given.Governor() };

        Finding only = Assert.Single(StateSentence.Of(facts));

        Assert.Equal(new Finding(StateLevel.Well, "All is well: 100 facilities, 61,000 claims/min, users' queries 4.1 ms (3.9 in quiet).", "facilities"), only);
    }

    [Fact]
    public void Of_LittleKnown_SaysOnlyThat() =>
        Assert.Equal("All is well: 1 facility.", First(Given.Facts(Given.Facility(1)) with { Governor = Given.Governor(latency: null, baseline: null) }).Text);

    [Fact]
    public void Of_DatabaseDown_IsWorstOfAll()
    {
        StateFacts facts = Given.Facts([Given.Failing(1, 5, PollOutcome.Failed, "x"), .. Given.Facilities(50)]) with
        {
            Database = Given.Database(new ServerOverview("db1", "primary", false, null, null, "refused")),
            DatabaseDownSince = Given.Now.AddSeconds(-14.7),
        };

        IReadOnlyList<Finding> findings = StateSentence.Of(facts);

        Assert.Equal(new Finding(StateLevel.Trouble, "Ingestion is held up: the database does not answer since 14 s; nothing is lost.", "database"), findings[0]);
        Assert.Single(findings, f => f.Page == "database");
    }

    [Fact]
    public void Of_StageFailed_SaysWhichAndWhatToDo() => Assert.Equal(
        (StateLevel.Trouble, "Ingestion has stopped: the stage 'writing' failed; nothing is lost. See the log for why, and restart this host."),
        Pair(Given.Facts(Given.Facilities(2)) with { IsRunning = false, Fault = "writing" }));

    [Fact]
    public void Of_NotStarted_SaysSo() =>
        Assert.Equal((StateLevel.Warning, "Ingestion is not running: this host is starting or stopping."), Pair(Given.Facts(Given.Facilities(2)) with { IsRunning = false }));

    [Fact]
    public void Of_SomeFacilitiesFail_NamesTheWorstWithItsReason()
    {
        StateFacts facts = Given.Facts(
        [
            .. Given.Facilities(97), Given.Failing(107, 2, PollOutcome.CredentialRefused, "Facility DHA-F-0000107: the gateway refused the login. Set it anew."),
            Given.Failing(108, 40, PollOutcome.TimedOut), Given.Failing(109, 3, PollOutcome.Failed, "Facility DHA-F-0000109: connection refused. Look at the gateway."),
        ]);

        Assert.Equal(new Finding(StateLevel.Warning, "3 of 100 facilities fail; the worst is DHA-F-0000107: wrong password.", "facilities?show=failing"), First(facts));
    }

    [Fact]
    public void Of_OneFacilityFails_LeadsToIt() => Assert.Equal(
        new Finding(StateLevel.Warning, "1 of 11 facilities fails; it is DHA-F-0000109: connection refused.", "facilities/DHA-F-0000109"),
        First(Given.Facts([.. Given.Facilities(10), Given.Failing(109, 3, PollOutcome.Failed, "Facility DHA-F-0000109: connection refused. Look at the gateway.")])));

    [Theory]
    [InlineData(PollOutcome.TimedOut, null, "its polls take longer than they may")]
    [InlineData(PollOutcome.CircuitOpen, "whatever", "too many calls failed, it is left alone for a while")]
    [InlineData(PollOutcome.Incomplete, null, "some of its files cannot be fetched")]
    [InlineData(PollOutcome.Failed, null, "it cannot be polled")]
    public void Of_FacilityFails_SaysWhy(PollOutcome outcome, string? error, string reason) =>
        Assert.Contains($"it is DHA-F-0000020: {reason}.", First(Given.Facts([.. Given.Facilities(10), Given.Failing(20, 1, outcome, error)])).Text, StringComparison.Ordinal);

    [Fact]
    public void Of_AFifthOfTheFacilitiesFails_IsTrouble() =>
        Assert.Equal(StateLevel.Trouble, First(Given.Facts([.. Given.Facilities(4), Given.Failing(9, 1, PollOutcome.Failed)])).Level);

    [Fact]
    public void Of_PausedFacilityThatFailed_DoesNotFail() =>
        Assert.DoesNotContain(StateSentence.Of(Given.Facts([Given.Facility(1), Given.Failing(2, 4, PollOutcome.Failed) with { IsPaused = true }])), f => f.Level > StateLevel.Note);

    [Fact]
    public void Of_UsersSlow_SaysByHowMuchAndWhatIngestionHas() => Assert.Equal(
        new Finding(StateLevel.Warning, "Users' queries take 9.1 ms instead of 3.9 ms; ingestion gives way and has 12 % of its speed.", "pipeline"),
        First(Given.Facts(Given.Facilities(3)) with { Governor = Given.Governor(0.12, "latency", "slow", 9.1) }));

    [Fact]
    public void Of_UsersSlowWhileSomethingElseBinds_SaysItOfTheUsers() => Assert.Equal(
        new Finding(StateLevel.Warning, "Users' queries take 320.0 ms instead of 3.9 ms; ingestion gives way and has 2 % of its speed.", "pipeline"),
        First(Given.Facts(Given.Facilities(3)) with { Governor = Given.Governor(0.02, "replica", "a replica is late", 320) }));

    [Fact]
    public void Of_UsersSlowAndIngestionHasAll_SaysSo() => Assert.Equal(
        "Users' queries take 320.0 ms instead of 3.9 ms; ingestion has 100 % of its speed.",
        First(Given.Facts(Given.Facilities(3)) with { Governor = Given.Governor(1, "none", "nobody suffers", 320) }).Text);

    [Fact]
    public void Of_UsersSlowForSoLongThatItIsUsual_StillWarns() => Assert.Equal(
        new Finding(StateLevel.Warning, "Users' queries take 320.0 ms instead of 300.0 ms; ingestion gives way and has 2 % of its speed.", "pipeline"),
        First(Given.Facts(Given.Facilities(3)) with { Governor = Given.Governor(0.02, "replica", "a replica is late", 320) with { Baseline = TimeSpan.FromMilliseconds(300) } }));

    [Fact]
    public void Of_UsersALittleSlower_IsOnlyANoteAndAllIsWell()
    {
        IReadOnlyList<Finding> findings = StateSentence.Of(Given.Facts(Given.Facilities(3)) with { Governor = Given.Governor(0.8, "latency", "slow", 5.1) });

        Assert.Equal([StateLevel.Well, StateLevel.Note], findings.Select(f => f.Level));
        Assert.StartsWith("All is well", findings[0].Text, StringComparison.Ordinal);
        Assert.Equal("Users' queries take 5.1 ms instead of 3.9 ms; ingestion gives way and has 80 % of its speed.", findings[1].Text);
    }

    [Fact]
    public void Of_SomethingElseBinds_WarnsWhenLittleIsLeft()
    {
        Assert.Equal(StateLevel.Well, First(Bound(0.6)).Level);
        Assert.Equal(new Finding(StateLevel.Warning, "Ingestion gives way and has 5 % of its speed: users wait 24.9 ms for a connection.", "pipeline"), First(Bound(0.05)));

        static StateFacts Bound(double share) => Given.Facts(Given.Facilities(3)) with { Governor = Given.Governor(share, "pool", "users wait 24.9 ms for a connection") };
    }

    [Fact]
    public void Of_GovernorBlind_Warns() => Assert.Equal(
        (StateLevel.Warning, "The governor cannot see the users and gives ingestion 25 % of its speed: the safe share, because UserQueries failed: x."),
        Pair(Given.Facts(Given.Facilities(3)) with { Governor = Given.Governor(0.25, "dead", "the safe share, because UserQueries failed: x") }));

    [Fact]
    public void Of_PoolExhausted_SaysWhoWaits() => Assert.Equal(
        (StateLevel.Trouble, "Users wait 40 ms for a connection: all 20 of the pool 'api' are held."),
        Pair(Given.Facts(Given.Facilities(3)) with { Database = new([new("ingestion", 8, 8, TimeSpan.FromSeconds(1)), new("api", 20, 20, TimeSpan.FromMilliseconds(40))], [], null) }));

    [Fact]
    public void Of_LocksWaitedFor_SaysForHowLongAndWhoHoldsThem()
    {
        var blocked = new BlockedSession(11, "report", TimeSpan.FromSeconds(14.5), 12, "psql", "idle in transaction", "claims.claim");
        StateFacts facts = Given.Facts(Given.Facilities(3)) with { Database = Given.Database() with { Watch = Given.Watch(blocked, blocked with { Waiting = TimeSpan.FromSeconds(1) }) } };

        Assert.Equal((StateLevel.Warning, "2 sessions wait for a lock on claims.claim, for 14 s; psql holds it."), Pair(facts));
    }

    [Fact]
    public void Of_LocksPassingBy_AreNotWorthASentence() => Assert.Equal(
        StateLevel.Well,
        First(Given.Facts(Given.Facility(1)) with { Database = Given.Database() with { Watch = Given.Watch(new BlockedSession(1, "a", TimeSpan.FromSeconds(0.4), 2, "b", "active", null)) } }).Level);

    [Theory]
    [InlineData(false, null, "The server db2 does not answer; the others do its work.")]
    [InlineData(true, "5 s behind; allowed 2", "The server db2 gets no reads: 5 s behind; allowed 2.")]
    public void Of_ReplicaInTrouble_Warns(bool isReachable, string? error, string text) => Assert.Equal(
        (StateLevel.Warning, text),
        Pair(Given.Facts(Given.Facilities(3)) with { Database = Given.Database(new("db1", "primary", true, null, null, null), new("db2", "replica", isReachable, null, null, error)) }));

    [Fact]
    public void Of_ReportBehind_SaysWhatWasDecided()
    {
        var view = new ViewOverview("mv_claim_summary_payerwise", "materialized", Given.Now.AddHours(-1), TimeSpan.FromMinutes(50), 12, [new(Given.Now, "skipped", "the database is busy", 12, null, 3)]);

        Assert.Equal((StateLevel.Warning, "The report mv_claim_summary_payerwise is 50 min behind: skipped, the database is busy."), Pair(Given.Facts(Given.Facilities(3)) with { Views = [view] }));
    }

    [Fact]
    public void Of_FacilitySilent_SaysSo() =>
        Assert.Equal((StateLevel.Warning, "DHA-F-0000002 brings no files where there usually are some."), Pair(Given.Facts(Given.Facility(1), Given.Facility(2) with { Volume = VolumeState.Silent })));

    [Fact]
    public void Of_AcknowledgementsRefused_SaysNothingIsStoredTwice() => Assert.Equal(
        (StateLevel.Warning, "The source of 1 facility does not take acknowledgements; the next poll tries again, nothing is stored twice."),
        Pair(Given.Facts(Given.Facility(1), Given.Facility(2) with { AcknowledgementError = "no" })));

    [Fact]
    public void Of_Busy_IsWellAndNamesTheBottleneck()
    {
        IReadOnlyList<Finding> findings = StateSentence.Of(Given.Facts(Given.Facilities(3)) with { Flow = _full });

        Assert.StartsWith("All is well", findings[0].Text, StringComparison.Ordinal);
        Assert.Equal("Ingestion is busy: 256 files are in flight, as many as may be; downloads wait for the stage 'writing'.", findings[1].Text);
    }

    [Fact]
    public void Of_NoFacilities_SaysWhereTheyComeFrom() =>
        Assert.Equal((StateLevel.Warning, "No facilities are known: nothing is polled. Name them in the configuration or in the table of facilities."), Pair(Given.Facts()));

    [Fact]
    public void Of_AllPaused_Warns() =>
        Assert.Equal((StateLevel.Warning, "All facilities are paused: nothing is polled."), Pair(Given.Facts(Given.Facility(1) with { IsPaused = true })));

    [Fact]
    public void Of_ManyThings_PutsTheWorstFirst()
    {
        StateFacts facts = Given.Facts([.. Given.Facilities(1), Given.Failing(2, 9, PollOutcome.Failed), Given.Facility(3) with { Volume = VolumeState.Silent }]) with { Flow = _full };

        Assert.Equal([StateLevel.Trouble, StateLevel.Warning, StateLevel.Note], StateSentence.Of(facts).Select(f => f.Level));
    }

    private static Finding First(StateFacts facts) => StateSentence.Of(facts)[0];

    private static (StateLevel Level, string Text) Pair(StateFacts facts) => (First(facts).Level, First(facts).Text);
}
