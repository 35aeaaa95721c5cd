using Claims.Ingestion.Diagnostics;
using Claims.Ingestion.Polling;
using Claims.Ingestion.Storage;
using Claims.Ingestion.Tests.Fakes;
using Microsoft.Extensions.DependencyInjection;

namespace Claims.Ingestion.Tests.Diagnostics;

public sealed class OperatorActionsTests
{
    private static readonly DateTimeOffset _day = new(2026, 1, 1, 0, 0, 0, TimeSpan.Zero);

    [Fact]
    public async Task Poll_BeginsAtOnce_AndTellsWhatCameOfIt()
    {
        await using Kit kit = Create();
        var gate = new Gate();
        kit.Poller.OnList = (_, token) => gate.PassAsync(token);
        kit.PutMany(2);
        await kit.StartAsync();

        BegunAction begun = await Actions(kit).PollAsync("FAC-1", "Ann", Waiting.Token).Soon();
        await gate.Reached.WaitAsync();
        OperatorActionException busy = await RefusedAsync(() => Actions(kit).PollAsync("FAC-1", "Ben", Waiting.Token));
        Assert.False(begun.Completion.IsCompleted);
        Assert.Null((await ReadAsync(kit))[^1].EndedAt);
        gate.Open();
        OperatorAction ended = await begun.Completion.Soon();

        Assert.Equal("2 files stored, 0 quarantined, 0 skipped, 0 left for the next poll; 2 claims", ended.Outcome);
        Assert.Equal((OperatorRefusal.NotPossible, "Facility FAC-1 is being polled already; nothing has to be done."), (busy.Refusal, busy.Message));
        Assert.Equal(
            [("Ben", "poll", "FAC-1", null, busy.Message), ("Ann", "poll", "FAC-1", ended.Outcome, null)],
            (await ReadAsync(kit)).Select(a => (a.By, a.Action, a.Target, a.Outcome, a.Error)));
        Assert.Equal(["Ann asks for: poll FAC-1", "Ben asks for: poll FAC-1"], kit.Logged("ActionAsked").Select(r => r.Message));
        Assert.Equal("Not done for Ben: poll FAC-1: " + busy.Message, Assert.Single(kit.Logged("ActionNotDone")).Message);
        Assert.Equal("Done for Ann: poll FAC-1: " + ended.Outcome, Assert.Single(kit.Logged("ActionDone")).Message);
        await kit.StopCleanAsync();
    }

    [Fact]
    public async Task Poll_ThatDoesNotSucceed_SaysWhy()
    {
        await using Kit kit = Create(new FakeLease { Elsewhere = { "FAC-2" } });
        kit.Directory.Facilities = [kit.Facility, kit.Facility with { Id = "FAC-2" }];
        kit.Poller.OnList = (_, _) => throw new FacilityPollException("the door is shut");
        await kit.StartAsync();

        OperatorAction failed = await (await Actions(kit).PollAsync("FAC-1", "Ann", Waiting.Token)).Completion.Soon();
        string? elsewhere = await ErrorAsync(() => Actions(kit).PollAsync("FAC-2", "Ann", Waiting.Token));
        OperatorActionException unknown = await RefusedAsync(() => Actions(kit).PollAsync("FAC-9", "Ann", Waiting.Token));

        Assert.Null(failed.Outcome);
        Assert.Equal("the door is shut (0 files stored, 0 quarantined, 0 skipped, 0 left for the next poll; 0 claims)", failed.Error);
        Assert.Equal("Facility FAC-2 is being polled already; nothing has to be done.", elsewhere);
        Assert.Equal((OperatorRefusal.Unknown, "There is no facility FAC-9; see the list of facilities for their ids."), (unknown.Refusal, unknown.Message));
        Assert.Equal([unknown.Message, elsewhere, failed.Error], (await ReadAsync(kit)).Select(a => a.Error));
    }

    [Fact]
    public async Task Backfill_Range_IsFetchedAndToldAbout()
    {
        await using Kit kit = Create();
        kit.PutMany(3);
        await kit.StartAsync();

        OperatorAction ended = await (await Actions(kit).BackfillAsync("FAC-1", _day, _day.AddDays(1.5), "Ann", Waiting.Token)).Completion.Soon();
        OperatorActionException empty = await RefusedAsync(() => Actions(kit).BackfillAsync("FAC-1", _day, _day, "Ann", Waiting.Token));
        OperatorActionException unknown = await RefusedAsync(() => Actions(kit).BackfillAsync("FAC-9", _day, _day.AddDays(1), "Ann", Waiting.Token));

        Assert.Equal(("FAC-1 from 2026-01-01 00:00 to 2026-01-02 12:00 UTC", "3 files stored, 0 quarantined, 0 skipped, 0 left for the next poll; 3 claims"), (ended.Target, ended.Outcome));
        Assert.Equal(2, kit.Poller.Ranges.Count);
        Assert.Equal((OperatorRefusal.Invalid, OperatorRefusal.Unknown), (empty.Refusal, unknown.Refusal));
    }

    [Fact]
    public async Task PauseAndResume_AreDone()
    {
        await using Kit kit = Create();
        kit.Directory.Facilities = [kit.Facility, kit.Facility with { Id = "FAC-2", IsPaused = true }];

        Assert.Equal("paused until it is resumed", (await Actions(kit).PauseAsync("FAC-1", "Ann", Waiting.Token)).Outcome);
        Assert.True(kit.Control.Facilities.Single(f => f.FacilityId == "FAC-1").IsPaused);
        Assert.Equal("resumed", (await Actions(kit).ResumeAsync("FAC-1", "Ann", Waiting.Token)).Outcome);
        Assert.False(kit.Control.Facilities.Single(f => f.FacilityId == "FAC-1").IsPaused);
        Assert.Equal("resumed, but its settings keep it paused", (await Actions(kit).ResumeAsync("FAC-2", "Ann", Waiting.Token)).Outcome);
        Assert.Equal(OperatorRefusal.Unknown, (await RefusedAsync(() => Actions(kit).PauseAsync("FAC-9", "Ann", Waiting.Token))).Refusal);
        Assert.Equal(OperatorRefusal.Unknown, (await RefusedAsync(() => Actions(kit).ResumeAsync("FAC-9", "Ann", Waiting.Token))).Refusal);
    }

    [Fact]
    public async Task Requeue_File_IsStoredOrSaysWhyNot()
    {
        await using Kit kit = Create();
        kit.Poller.Put(kit.Facility, "a", FakeReader.Text("a", status: "quarantined"));
        kit.PutMany(1);
        await kit.StartAsync();
        await kit.PollAsync();

        FileFate still = await Actions(kit).RequeueAsync(1, "Ann", Waiting.Token);
        OperatorActionException nothing = await RefusedAsync(() => Actions(kit).RequeueAsync(2, "Ann", Waiting.Token));
        OperatorActionException unknown = await RefusedAsync(() => Actions(kit).RequeueAsync(9, "Ann", Waiting.Token));

        Assert.Equal(FileStatus.Quarantined, still.Status);
        Assert.Equal(OperatorRefusal.NotPossible, nothing.Refusal);
        Assert.Equal((OperatorRefusal.Unknown, "There is no file 9 in the ledger; see the list of files for the numbers."), (unknown.Refusal, unknown.Message));
        Assert.Equal([null, null, $"quarantined still: {still.Reason}"], (await ReadAsync(kit)).Select(a => a.Outcome));
    }

    [Fact]
    public async Task Requeue_StoreFails_SaysWhatToDoAndNothingOfTheContent()
    {
        await using Kit kit = Create();
        kit.Poller.Put(kit.Facility, "a", FakeReader.Text("a", status: "quarantined"));
        await kit.StartAsync();
        await kit.PollAsync();
        var files = (FakeFileDesk)kit.Get<IFileDesk>();

        files.Error = new ClaimStoreException("the database cannot be reached", isTransient: true);
        OperatorActionException away = await RefusedAsync(() => Actions(kit).RequeueAsync(1, "Ann", Waiting.Token));
        files.Error = new InvalidDataException("784-1980-1234567-1");
        OperatorActionException crashed = await RefusedAsync(() => Actions(kit).RequeueAsync(1, "Ann", Waiting.Token));
        files.Error = null;
        using var gone = new CancellationTokenSource();
        files.OnFind = () => gone.Cancel();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => Actions(kit).RequeueAsync(1, "Ann", gone.Token));

        Assert.Equal((OperatorRefusal.Failed, "The store did not take it: the database cannot be reached."), (away.Refusal, away.Message));
        Assert.Equal((OperatorRefusal.Failed, "It failed in an unexpected way (InvalidDataException); the log says more."), (crashed.Refusal, crashed.Message));
        Assert.Single(kit.Logged("ActionCrashed"));
        Assert.Equal(["Who asked for it gave it up before its end.", crashed.Message, away.Message], (await ReadAsync(kit)).Select(a => a.Error));
    }

    [Fact]
    public async Task Refresh_View_IsBegunOrRefused()
    {
        await using Kit kit = Create();
        var views = (FakeViewDesk)kit.Get<IViewDesk>();
        var gate = new Gate();
        views.OnRefresh = gate.PassAsync;

        BegunAction begun = await Actions(kit).RefreshViewAsync("v", "Ann", Waiting.Token);
        await gate.Reached.WaitAsync();
        Assert.False(begun.Completion.IsCompleted);
        gate.Open();
        Assert.StartsWith("refreshed in ", (await begun.Completion.Soon()).Outcome, StringComparison.Ordinal);
        Assert.Equal(["v: Ann asked for it"], views.Refreshed);

        views.OnRefresh = _ => throw new OperatorActionException(OperatorRefusal.Failed, "v cannot be refreshed: it has no unique index.");
        Assert.Equal("v cannot be refreshed: it has no unique index.", (await (await Actions(kit).RefreshViewAsync("v", "Ann", Waiting.Token)).Completion.Soon()).Error);
        OperatorActionException unknown = await RefusedAsync(() => Actions(kit).RefreshViewAsync("w", "Ann", Waiting.Token));
        Assert.Equal((OperatorRefusal.Unknown, "There is no view 'w'; there is v."), (unknown.Refusal, unknown.Message));
    }

    [Fact]
    public async Task Actions_StoreWithoutDesks_SayThatItHasNone()
    {
        await using var kit = new Kit();

        Assert.Equal((OperatorRefusal.NotPossible, "The store of this host has no ledger to look files up in."), Of(await RefusedAsync(() => Actions(kit).RequeueAsync(1, "Ann", Waiting.Token))));
        Assert.Equal((OperatorRefusal.NotPossible, "The store of this host has no views."), Of(await RefusedAsync(() => Actions(kit).RefreshViewAsync("v", "Ann", Waiting.Token))));
        Assert.Equal(2, (await ReadAsync(kit)).Count);

        static (OperatorRefusal Refusal, string Message) Of(OperatorActionException exception) => (exception.Refusal, exception.Message);
    }

    [Fact]
    public async Task Stop_ActionsUnderWay_EndAndAreRecorded()
    {
        await using Kit kit = Create();
        var gate = new Gate();
        kit.Poller.OnList = (_, token) => gate.PassAsync(token);
        await kit.StartAsync();
        BegunAction poll = await Actions(kit).PollAsync("FAC-1", "Ann", Waiting.Token);
        await gate.Reached.WaitAsync();

        await kit.Get<RunningActions>().StopAsync(Waiting.Token).Soon();

        Assert.True(poll.Completion.IsCompletedSuccessfully);
        Assert.Equal("The host is stopping, so this was ended; ask again when it runs. What was stored stays.", (await poll.Completion).Error);
        Assert.Equal((await poll.Completion).Error, (await ReadAsync(kit))[0].Error);
        await kit.StopCleanAsync();
    }

    [Theory]
    [InlineData("")]
    [InlineData("  ")]
    [InlineData("Ann\nBen")]
    [InlineData("01234567890123456789012345678901234567890123456789012345678901234567890123456789012345678901234567890")]
    public async Task Actions_ByNobody_AreNotRecorded(string by)
    {
        await using Kit kit = Create();

        await Assert.ThrowsAsync<ArgumentException>(() => Actions(kit).PauseAsync("FAC-1", by, Waiting.Token));

        Assert.Empty(await ReadAsync(kit));
    }

    [Fact]
    public async Task Actions_LongTargetWithControlCharacters_AreRecordedShortAndPlain()
    {
        await using Kit kit = Create();

        await RefusedAsync(() => Actions(kit).PauseAsync("A\r\nB" + new string('x', 500), "Ann", Waiting.Token));

        Assert.Equal("AB" + new string('x', 198), Assert.Single(await ReadAsync(kit)).Target);
    }

    [Fact]
    public async Task Actions_OutcomeCannotBeRecorded_AreDoneAndSaidInTheLog()
    {
        await using Kit kit = Create(add: services => services.AddSingleton<IActionTrail, FailingTrail>());

        OperatorAction done = await Actions(kit).PauseAsync("FAC-1", "Ann", Waiting.Token);

        Assert.Equal(("paused until it is resumed", true), (done.Outcome, kit.Control.Facilities.Single().IsPaused));
        Assert.Equal("What came of action 1 could not be recorded, so the record says that it still runs: the disk is full", Assert.Single(kit.Logged("OutcomeNotRecorded")).Message);
        OperatorActionException refused = await RefusedAsync(() => Actions(kit).ResumeAsync("FAC-1", "nobody", Waiting.Token));
        Assert.Equal("Nothing was done, because it could not be recorded: the disk is full. Ask again when the database is available.", refused.Message);
        Assert.True(kit.Control.Facilities.Single().IsPaused);
    }

    private static Kit Create(FakeLease? leases = null, Action<IServiceCollection>? add = null)
    {
        var kit = new Kit(leases: leases, add: services =>
        {
            services.AddSingleton<IFileDesk>(new FakeFileDesk());
            services.AddSingleton<IViewDesk>(new FakeViewDesk());
            add?.Invoke(services);
        });
        kit.Directory.Facilities = [kit.Facility];
        return kit;
    }

    private static OperatorActions Actions(Kit kit) => kit.Get<OperatorActions>();

    private static Task<IReadOnlyList<OperatorAction>> ReadAsync(Kit kit) => Actions(kit).GetActionsAsync(null, 100, Waiting.Token);

    private static Task<OperatorActionException> RefusedAsync(Func<Task> action) => Assert.ThrowsAsync<OperatorActionException>(action);

    /// <summary>What is said of an action that fails soon: at once when that was known before it counted as begun, else at its end.</summary>
    private static async Task<string?> ErrorAsync(Func<Task<BegunAction>> begin)
    {
        try
        {
            return (await (await begin()).Completion.Soon()).Error;
        }
        catch (OperatorActionException refused)
        {
            return refused.Message;
        }
    }

    /// <summary>The files a and f000 have the numbers 1 and 2.</summary>
    private sealed class FakeFileDesk : IFileDesk
    {
        public Exception? Error { get; set; }

        public Action OnFind { get; set; } = () => { };

        public Task<IReadOnlyList<FileEntry>> SearchAsync(FileSearch search, CancellationToken cancellationToken) => Task.FromResult<IReadOnlyList<FileEntry>>([]);

        public Task<FileDetails?> FindAsync(long id, CancellationToken cancellationToken)
        {
            OnFind();
            if (Error is not null) throw Error;
            cancellationToken.ThrowIfCancellationRequested();
            return Task.FromResult(id > 2 ? null : new FileDetails(
                new FileEntry(id, "FAC-1", id == 1 ? "a" : "f000", "n", null, FileStatus.Quarantined, 0, 0, null, _day, _day), [], [], true, new Dictionary<string, string>()));
        }
    }

    private sealed class FakeViewDesk : IViewDesk
    {
        public List<string> Refreshed { get; } = [];

        public Func<CancellationToken, Task> OnRefresh { get; set; } = _ => Task.CompletedTask;

        public Task<IReadOnlyList<ViewOverview>> ReadAsync(CancellationToken cancellationToken) => Task.FromResult<IReadOnlyList<ViewOverview>>([]);

        public Task RefreshAsync(string name, string reason, CancellationToken cancellationToken) =>
            name == "v" ? RefreshedAsync($"{name}: {reason}", cancellationToken) : throw new ArgumentException($"There is no view '{name}'; there is v.");

        private async Task RefreshedAsync(string what, CancellationToken cancellationToken)
        {
            Refreshed.Add(what);
            await OnRefresh(cancellationToken);
        }
    }

    /// <summary>It takes what is asked for, but not by nobody, and no outcome.</summary>
    private sealed class FailingTrail : IActionTrail
    {
        public Task<OperatorAction> AskedAsync(string by, string action, string target, CancellationToken cancellationToken) =>
            by == "nobody" ? throw new IOException() : Task.FromResult(new OperatorAction { Id = 1, At = _day, By = by, Action = action, Target = target });

        public Task<OperatorAction> EndedAsync(OperatorAction asked, string? outcome, string? error, CancellationToken cancellationToken) => throw new IOException();

        public Task<IReadOnlyList<OperatorAction>> ReadAsync(long? before, int limit, CancellationToken cancellationToken) => throw new IOException();

        public string? Explain(Exception exception) => exception is IOException ? "the disk is full" : null;
    }
}
