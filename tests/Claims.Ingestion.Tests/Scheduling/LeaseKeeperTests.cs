using Claims.Ingestion.Facilities;
using Claims.Ingestion.Pipeline;
using Claims.Ingestion.Scheduling;
using Claims.Ingestion.Tests.Fakes;

namespace Claims.Ingestion.Tests.Scheduling;

public sealed class LeaseKeeperTests
{
    private static readonly TimeSpan Duration = TimeSpan.FromSeconds(15);

    private readonly FakeLease _leases = new();

    [Fact]
    public async Task RunOnceAsync_PollAtWork_IsRenewedEveryThirdOfItsTime()
    {
        await using Kit kit = Create();
        (Gate gate, Task poll) = await PollAsync(kit);

        await KeepAsync(kit, TimeSpan.FromSeconds(4));
        Assert.Empty(_leases.Renewed);
        await KeepAsync(kit, TimeSpan.FromSeconds(1));
        await KeepAsync(kit, TimeSpan.FromSeconds(4));
        Assert.Single(_leases.Renewed);
        await KeepAsync(kit, TimeSpan.FromSeconds(1));

        Assert.Equal(2, _leases.Renewed.Count);
        gate.Open();
        await poll.Soon();
        await KeepAsync(kit, Duration);
        Assert.Equal(2, _leases.Renewed.Count);
    }

    [Fact]
    public async Task RunOnceAsync_AnotherHostHasTheLease_StopsThePollAndRemembersNothing()
    {
        await using Kit kit = Create();
        (_, Task<(PollTally Tally, string? Error)?> poll) = await PollAsync(kit);
        _leases.Elsewhere.Add("FAC-1");

        await KeepAsync(kit, TimeSpan.FromSeconds(5));

        Assert.Contains("another host goes on with it", (await poll.Soon())!.Value.Error, StringComparison.Ordinal);
        Assert.Null(Assert.Single(_leases.Released).Record);
        Assert.Single(kit.Logged("LeaseLost"));
        Assert.Equal(FacilityActivity.Waiting, Assert.Single(kit.Runs.States).Activity);
    }

    [Fact]
    public async Task RunOnceAsync_DatabaseIsAwayBeyondTheLease_StopsThePoll()
    {
        await using Kit kit = Create();
        (_, Task<(PollTally Tally, string? Error)?> poll) = await PollAsync(kit);
        _leases.Error = new InvalidOperationException("away");

        await KeepAsync(kit, TimeSpan.FromSeconds(14));
        Assert.False(poll.IsCompleted);
        Assert.Single(kit.Logged("LeasesUnavailable"));
        await KeepAsync(kit, TimeSpan.FromSeconds(1));

        Assert.NotNull((await poll.Soon())!.Value.Error);
        Assert.Single(kit.Logged("LeaseNotReleased"));
    }

    [Fact]
    public async Task RunOnceAsync_HostStoodStill_LosesTheLeaseBeforeItAsks()
    {
        await using Kit kit = Create();
        (_, Task<(PollTally Tally, string? Error)?> poll) = await PollAsync(kit);

        await KeepAsync(kit, TimeSpan.FromMinutes(4));

        await poll.Soon();
        Assert.Empty(_leases.Renewed);
        Assert.Single(kit.Logged("LeaseLost"));
    }

    [Fact]
    public async Task RunOnceAsync_FacilityOfADeadHost_IsTakenOverOnce()
    {
        await using Kit kit = Create();
        DateTimeOffset slot = kit.Clock.GetUtcNow().AddMinutes(-1);
        kit.Runs.EntryOf(kit.Facility);
        _leases.Abandoned.AddRange([new AbandonedSlot("FAC-1", slot), new AbandonedSlot("FAC-unknown", slot)]);
        var gate = new Gate();
        kit.Poller.OnList = (_, token) => gate.PassAsync(token);

        await KeepAsync(kit, TimeSpan.Zero);
        await gate.Reached.WaitAsync();
        await KeepAsync(kit, TimeSpan.FromSeconds(1));
        gate.Open();
        await _leases.ReleasedSignal.WaitAsync();

        Assert.Equal((slot, slot), (Assert.Single(_leases.Asked).Slot, Assert.Single(_leases.Released).Record!.Slot));
        Assert.Single(kit.Logged("TakingOver"));
    }

    [Fact]
    public async Task RunOnceAsync_Draining_TakesNothingOver()
    {
        await using Kit kit = Create();
        kit.Runs.EntryOf(kit.Facility);
        _leases.Abandoned.Add(new AbandonedSlot("FAC-1", kit.Clock.GetUtcNow()));
        await kit.Control.DrainAsync(Waiting.Token).Soon();

        await KeepAsync(kit, TimeSpan.FromSeconds(1));

        Assert.Empty(_leases.Asked);
        kit.Control.EndDrain();
        await KeepAsync(kit, TimeSpan.FromSeconds(1));
        await _leases.ReleasedSignal.WaitAsync();
    }

    private Kit Create() => new(leases: _leases);

    private static async Task<(Gate Gate, Task<(PollTally Tally, string? Error)?> Poll)> PollAsync(Kit kit)
    {
        var gate = new Gate();
        kit.Poller.OnList = (_, token) => gate.PassAsync(token);
        Task<(PollTally, string?)?> poll = kit.Runs.RunAsync(kit.Facility, Waiting.Token);
        await gate.Reached.WaitAsync();
        return (gate, poll);
    }

    private static async Task KeepAsync(Kit kit, TimeSpan after)
    {
        kit.Clock.Advance(after);
        await kit.Get<LeaseKeeper>().RunOnceAsync(Duration, Waiting.Token).Soon();
    }
}
