using Claims.Ingestion.Facilities;
using Claims.Ingestion.Polling;
using Claims.Ingestion.Scheduling;
using Claims.Ingestion.Tests.Fakes;
using Microsoft.Extensions.Logging;

namespace Claims.Ingestion.Tests.Scheduling;

public sealed class FacilityRunsTests
{
    [Fact]
    public async Task RunAsync_ManyFacilities_KeepsTheLimitOnFacilitiesAtOnce()
    {
        await using var kit = new Kit(scheduling: options => options.MaxConcurrentFacilities = 2);
        var gate = new Gate();
        int now = 0, most = 0;
        kit.Poller.OnList = async (_, token) =>
        {
            int running = Interlocked.Increment(ref now);
            InterlockedMax(ref most, running);
            await gate.PassAsync(token);
            Interlocked.Decrement(ref now);
        };

        Task runs = Task.WhenAll(Facilities(6).Select(f => kit.Runs.RunAsync(f, Waiting.Token)));
        await gate.Reached.WaitAsync(2);
        Assert.Equal(4, kit.Runs.States.Count(s => s.Activity == FacilityActivity.Due));
        Assert.Equal(2, kit.Runs.States.Count(s => s.Activity == FacilityActivity.Polling));
        gate.Open();
        await runs.Soon();

        Assert.Equal(2, most);
        Assert.Equal(6, kit.Poller.Listed.Count);
    }

    [Fact]
    public async Task RunAsync_OneFacilityFails_OthersArePolled()
    {
        await using var kit = new Kit();
        kit.Poller.OnList = (facility, _) => facility.Id switch
        {
            "FAC-1" => throw new FacilityPollException("the login is refused"),
            "FAC-2" => throw new NullReferenceException("odd"),
            "FAC-3" => throw new OperationCanceledException("of somebody else"),
            _ => Task.CompletedTask,
        };

        var results = await Task.WhenAll(Facilities(5).Select(f => kit.Runs.RunAsync(f, Waiting.Token))).Soon();

        Assert.Equal(
            [null, "the login is refused", "unexpected NullReferenceException: odd", "unexpected OperationCanceledException: of somebody else", null],
            results.Select(r => r!.Value.Error));
        Assert.All(results, r => Assert.True(r!.Value.Tally.Completion.IsCompletedSuccessfully));
        Assert.Equal("The poll of facility FAC-1 failed, 1 times in a row: the login is refused", Assert.Single(kit.Logged("PollFailed")).Message);
        Assert.Equal(2, kit.Logged("PollCrashed").Count);
    }

    [Fact]
    public async Task States_AfterFailuresAndSuccess_TellThem()
    {
        await using var kit = new Kit();
        bool fails = true;
        kit.Poller.OnList = (_, _) =>
        {
            kit.Clock.Advance(TimeSpan.FromSeconds(3));
            return fails ? throw new FacilityPollException("away") : Task.CompletedTask;
        };
        Facility facility = Facilities(1)[0] with { Name = "the first" };
        DateTimeOffset next = kit.Clock.GetUtcNow().AddHours(1);
        kit.Runs.EntryOf(facility).NextSlot = next;
        var state = new FacilityState { FacilityId = "FAC-0", Name = "the first", NextPoll = next };
        Assert.Equal(state, Assert.Single(kit.Runs.States));

        await kit.Runs.RunAsync(facility, Waiting.Token).Soon();
        DateTimeOffset second = kit.Clock.GetUtcNow();
        await kit.Runs.RunAsync(facility, Waiting.Token).Soon();
        TimeSpan took = TimeSpan.FromSeconds(3);
        Assert.Equal(
            state with { LastPoll = second, LastDuration = took, LastOutcome = PollOutcome.Failed, LastError = "away", ConsecutiveFailures = 2, Host = HostName.Value },
            Assert.Single(kit.Runs.States));

        fails = false;
        DateTimeOffset third = kit.Clock.GetUtcNow();
        await kit.Runs.RunAsync(facility, Waiting.Token).Soon();
        Assert.Equal(state with { LastPoll = third, LastSuccess = third, LastDuration = took, LastOutcome = PollOutcome.Succeeded, Host = HostName.Value }, Assert.Single(kit.Runs.States));
    }

    [Fact]
    public async Task States_FilesThatCouldNotBeFetched_AreAnIncompletePollThatSaysWhy()
    {
        await using var kit = new Kit();
        await kit.StartAsync();
        kit.PutMany(4);
        kit.Poller.OnOpen = (_, file, _) => file.ExternalId is "f001" or "f003" ? throw new FacilityPollException("the file is damaged") : Task.CompletedTask;

        await kit.Runs.RunAsync(kit.Facility, Waiting.Token).Soon();

        FacilityState state = Assert.Single(kit.Runs.States);
        Assert.Equal(PollOutcome.Incomplete, state.LastOutcome);
        Assert.Equal("Facility FAC-1: 2 listed files could not be fetched; the next poll tries again. the file is damaged", state.LastError);
    }

    [Theory]
    [InlineData(PollOutcome.CredentialRefused)]
    [InlineData(PollOutcome.CircuitOpen)]
    public async Task RunAsync_FailureOfAFileThatConcernsAll_EndsThePoll(PollOutcome outcome)
    {
        await using var kit = new Kit(polling: options => options.DownloadsPerFacility = 1);
        await kit.StartAsync();
        kit.PutMany(100);
        kit.Poller.OnOpen = (_, _, _) => throw new FacilityPollException("no more") { Outcome = outcome };

        await kit.Runs.RunAsync(kit.Facility, Waiting.Token).Soon();

        FacilityState state = Assert.Single(kit.Runs.States);
        Assert.Equal((outcome, "no more"), (state.LastOutcome, state.LastError));
        Assert.Single(kit.Poller.Opened);
        kit.AssertFree();
    }

    [Fact]
    public async Task States_AcknowledgementFails_SaysSoUntilOneIsTaken()
    {
        await using var kit = new Kit();
        await kit.StartAsync();
        kit.PutMany(1);
        bool fails = true;
        kit.Poller.OnAcknowledge = (_, _, _) => fails ? throw new FacilityPollException("the source is busy") : Task.CompletedTask;

        await kit.Runs.RunAsync(kit.Facility, Waiting.Token).Soon();
        await Waiting.UntilAsync(() => kit.Pipeline.InFlight.Count == 0);
        Assert.Equal((PollOutcome.Succeeded, "the source is busy"), (kit.Runs.States[0].LastOutcome, kit.Runs.States[0].AcknowledgementError));
        fails = false;
        await kit.Runs.RunAsync(kit.Facility, Waiting.Token).Soon();
        await Waiting.UntilAsync(() => kit.Pipeline.InFlight.Count == 0);

        Assert.Null(kit.Runs.States[0].AcknowledgementError);
    }

    [Fact]
    public async Task RunAsync_CancelledWhileWaitingForAPlace_IsWaitingAgain()
    {
        await using var kit = new Kit(scheduling: options => options.MaxConcurrentFacilities = 1);
        var gate = new Gate();
        kit.Poller.OnList = (_, token) => gate.PassAsync(token);
        Facility[] facilities = Facilities(2);
        var running = kit.Runs.RunAsync(facilities[0], Waiting.Token);
        await gate.Reached.WaitAsync();
        using var cancel = new CancellationTokenSource();
        var due = kit.Runs.RunAsync(facilities[1], cancel.Token);

        await cancel.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(due.Soon);
        Assert.Equal([FacilityActivity.Polling, FacilityActivity.Waiting], kit.Runs.States.Select(s => s.Activity));
        gate.Open();
        await running.Soon();

        Assert.NotNull(await kit.Runs.RunAsync(facilities[1], Waiting.Token).Soon());
        Assert.DoesNotContain(kit.Log.GetSnapshot(), record => record.Level >= LogLevel.Warning);
    }

    [Fact]
    public async Task Keep_FacilityIsBeingPolled_StaysSoThatItIsNotPolledTwiceAtOnce()
    {
        await using var kit = new Kit();
        var gate = new Gate();
        kit.Poller.OnList = (_, token) => gate.PassAsync(token);
        Facility facility = Facilities(1)[0];
        var running = kit.Runs.RunAsync(facility, Waiting.Token);
        await gate.Reached.WaitAsync();

        kit.Runs.Keep(new HashSet<string>());

        Assert.Null(await kit.Runs.RunAsync(facility, Waiting.Token).Soon());
        gate.Open();
        await running.Soon();
        kit.Runs.Keep(new HashSet<string>());
        Assert.Empty(kit.Runs.States);
    }

    private static Facility[] Facilities(int count) => [.. Enumerable.Range(0, count).Select(i => new Facility($"FAC-{i}", "fake", "there"))];

    private static void InterlockedMax(ref int target, int value)
    {
        int seen;
        while ((seen = Volatile.Read(ref target)) < value && Interlocked.CompareExchange(ref target, value, seen) != seen)
        {
        }
    }
}
