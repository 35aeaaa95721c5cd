using Claims.Ingestion.Facilities;
using Claims.Ingestion.Scheduling;
using Claims.Ingestion.Tests.Fakes;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;

namespace Claims.Ingestion.Tests.Scheduling;

public sealed class FacilitySchedulerTests
{
    private static readonly TimeSpan Interval = TimeSpan.FromSeconds(60);

    [Fact]
    public async Task ExecuteAsync_ThreeIntervals_PollsEachFacilityAtItsSlotInEach()
    {
        await using Kit kit = Create(facilities: 4);
        var polled = new List<(string Id, DateTimeOffset At)>();
        var listed = new Signal();
        kit.Poller.OnList = (facility, _) =>
        {
            lock (polled) polled.Add((facility.Id, kit.Clock.GetUtcNow()));
            listed.Set();
            return Task.CompletedTask;
        };
        var schedule = new PollSchedule(kit.Directory.Facilities.Select(f => f.Id), kit.Get<IOptions<SchedulingOptions>>().Value);
        DateTimeOffset start = kit.Clock.GetUtcNow();
        DateTimeOffset end = start + (3 * Interval);
        await kit.Scheduler.StartAsync(Waiting.Token);
        while (kit.Clock.GetUtcNow() < end)
        {
            await kit.Clock.Delays.WaitAsync();
            kit.Clock.Advance(kit.Clock.LastDelay);
            DateTimeOffset now = kit.Clock.GetUtcNow();
            if (kit.Directory.Facilities.Any(f => schedule.NextAfter(f.Id, now.AddTicks(-1)) == now)) await listed.WaitAsync();
            await Waiting.UntilAsync(() => kit.Runs.States.All(s => s.Activity == FacilityActivity.Waiting));
        }

        await kit.Scheduler.StopAsync(Waiting.Token).Soon();

        polled.RemoveAll(p => p.At > end);
        Assert.Equal(12, polled.Count);
        foreach (Facility facility in kit.Directory.Facilities)
        {
            DateTimeOffset first = schedule.NextAfter(facility.Id, start);
            Assert.Equal([first, first + Interval, first + (2 * Interval)], polled.Where(p => p.Id == facility.Id).Select(p => p.At));
        }
    }

    [Fact]
    public async Task ExecuteAsync_FacilityStillPolled_SkipsItsSlotAndCountsIt()
    {
        await using Kit kit = Create(facilities: 1);
        var gate = new Gate();
        kit.Poller.OnList = (_, token) => gate.PassAsync(token);
        await kit.Scheduler.StartAsync(Waiting.Token);
        await kit.Clock.Delays.WaitAsync();
        kit.Clock.Advance(Interval);
        await gate.Reached.WaitAsync();
        await kit.Clock.Delays.WaitAsync();
        kit.Clock.Advance(Interval);
        await kit.Clock.Delays.WaitAsync();
        await Waiting.UntilAsync(() => kit.Logged("SlotSkipped").Count > 0);

        await kit.Scheduler.StopAsync(Waiting.Token).Soon();

        Assert.Equal(1, Assert.Single(kit.Runs.States).SkippedSlots);
        Assert.Equal("The slot of facility FAC-0 is skipped: its poll before is still running", Assert.Single(kit.Logged("SlotSkipped")).Message);
        Assert.Single(kit.Poller.Listed);
    }

    [Fact]
    public async Task RunOnceAsync_ListChanges_PlansTheNewAndForgetsTheGone()
    {
        await using Kit kit = Create(facilities: 1);
        await kit.Scheduler.RunOnceAsync(isFirst: true, Waiting.Token);
        Assert.Equal("FAC-0", Assert.Single(kit.Runs.States).FacilityId);

        kit.Directory.Facilities = [new Facility("FAC-9", "fake", "there") { Name = "nine" }];
        TimeSpan wait = await kit.Scheduler.RunOnceAsync(isFirst: false, Waiting.Token);

        FacilityState state = Assert.Single(kit.Runs.States);
        Assert.Equal(("FAC-9", "nine", FacilityActivity.Waiting), (state.FacilityId, state.Name, state.Activity));
        Assert.InRange(state.NextPoll!.Value - kit.Clock.GetUtcNow(), TimeSpan.FromTicks(1), Interval);
        Assert.InRange(wait, TimeSpan.FromMilliseconds(1), FacilityScheduler.DirectoryRefresh);
    }

    [Fact]
    public async Task ExecuteAsync_DirectoryThrows_IsLoggedAndTriedAgain()
    {
        await using Kit kit = Create(facilities: 1);
        kit.Directory.Error = new InvalidOperationException("the list is broken");
        await kit.Scheduler.StartAsync(Waiting.Token);
        await kit.Clock.Delays.WaitAsync();
        var failed = Assert.Single(kit.Logged("DirectoryFailed"));
        Assert.Equal((LogLevel.Error, "the list is broken"), (failed.Level, failed.Exception?.Message));
        Assert.Empty(kit.Logged("ScheduleStarted"));

        kit.Directory.Error = null;
        kit.Clock.Advance(FacilityScheduler.DirectoryRefresh);
        await kit.Clock.Delays.WaitAsync();
        await kit.Scheduler.StopAsync(Waiting.Token).Soon();

        Assert.Single(kit.Logged("DirectoryFailed"));
        Assert.Equal("Polling 1 facilities every 00:01:00, Staggered, at most 5 at once", Assert.Single(kit.Logged("ScheduleStarted")).Message);
    }

    [Fact]
    public async Task ExecuteAsync_SlotPassedWhileTheDirectoryFailed_PollsAfterwards()
    {
        await using Kit kit = Create(facilities: 1);
        var listed = new Signal();
        kit.Poller.OnList = (_, _) =>
        {
            listed.Set();
            return Task.CompletedTask;
        };
        await kit.Scheduler.StartAsync(Waiting.Token);
        await kit.Clock.Delays.WaitAsync();
        kit.Directory.Error = new InvalidOperationException("away");
        kit.Clock.Advance(Interval);
        await kit.Clock.Delays.WaitAsync();
        Assert.Empty(kit.Poller.Listed);

        kit.Directory.Error = null;
        kit.Clock.Advance(FacilityScheduler.DirectoryRefresh);

        await listed.WaitAsync();
        await kit.Scheduler.StopAsync(Waiting.Token).Soon();
        Assert.Single(kit.Poller.Listed);
    }

    [Fact]
    public async Task RunOnceAsync_SlotBetweenMilliseconds_WaitsWholeMilliseconds()
    {
        await using Kit kit = Create(facilities: 7, stagger: TimeSpan.FromSeconds(50));

        await kit.Scheduler.RunOnceAsync(isFirst: true, Waiting.Token);
        DateTimeOffset slot = kit.Runs.States.Select(s => s.NextPoll!.Value).First(s => s.Ticks % TimeSpan.TicksPerMillisecond != 0);
        kit.Clock.Advance(TimeSpan.FromSeconds(Math.Floor((slot - kit.Clock.GetUtcNow()).TotalSeconds)));

        TimeSpan wait = await kit.Scheduler.RunOnceAsync(isFirst: false, Waiting.Token);

        Assert.Equal(0, wait.Ticks % TimeSpan.TicksPerMillisecond);
        Assert.InRange(kit.Clock.GetUtcNow() + wait - slot, TimeSpan.FromTicks(1), TimeSpan.FromMilliseconds(1));
        Assert.Equal("7 facilities with a stagger of 00:00:50 do not fit the interval of 00:01:00; they are spread evenly over it", Assert.Single(kit.Logged("ScheduleCrowded")).Message);
    }

    [Fact]
    public async Task ExecuteAsync_Disabled_DoesNothing()
    {
        await using Kit kit = Create(facilities: 1, enabled: false);
        kit.Directory.Error = new InvalidOperationException("must not be asked");

        await kit.Scheduler.StartAsync(Waiting.Token);
        await kit.Scheduler.ExecuteTask!.Soon();

        Assert.Empty(kit.Log.GetSnapshot());
        Assert.False(kit.Scheduler.IsEnabled);
    }

    [Fact]
    public async Task StopAsync_WhileAPollHangs_CancelsItAndEnds()
    {
        await using Kit kit = Create(facilities: 1);
        var gate = new Gate();
        kit.Poller.OnList = (_, token) => gate.PassAsync(token);
        await kit.Scheduler.StartAsync(Waiting.Token);
        await kit.Clock.Delays.WaitAsync();
        kit.Clock.Advance(Interval);
        await gate.Reached.WaitAsync();

        await kit.Scheduler.StopAsync(Waiting.Token).Soon();

        Assert.True(kit.Scheduler.ExecuteTask!.IsCompletedSuccessfully);
        Assert.DoesNotContain(kit.Log.GetSnapshot(), record => record.Level >= LogLevel.Warning);
        Assert.Equal(FacilityActivity.Waiting, Assert.Single(kit.Runs.States).Activity);
    }

    private static Kit Create(int facilities, TimeSpan? stagger = null, bool enabled = true)
    {
        var kit = new Kit(scheduling: options =>
        {
            options.Interval = Interval;
            options.Stagger = stagger ?? TimeSpan.FromSeconds(1);
            options.Enabled = enabled;
        });
        kit.Directory.Facilities = [.. Enumerable.Range(0, facilities).Select(i => new Facility($"FAC-{i}", "fake", "there"))];
        return kit;
    }
}
