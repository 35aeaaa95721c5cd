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
        var schedule = new PollSchedule(kit.Directory.Facilities, kit.Get<IOptions<SchedulingOptions>>().Value);
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
        await StepUntilAsync(kit, () => kit.Poller.Listed.Count > 0);
        await gate.Reached.WaitAsync();
        await StepUntilAsync(kit, () => kit.Logged("SlotSkipped").Count > 0);

        await kit.Scheduler.StopAsync(Waiting.Token).Soon();

        Assert.Equal(1, Assert.Single(kit.Runs.States).SkippedSlots);
        Assert.Equal("The slot of facility FAC-0 is skipped: its poll before is still running", Assert.Single(kit.Logged("SlotSkipped")).Message);
        Assert.Single(kit.Poller.Listed);
    }

    [Fact]
    public async Task RunOnceAsync_ListChanges_PlansTheNewAndForgetsTheGone()
    {
        await using Kit kit = Create(facilities: 1);
        await kit.Scheduler.RunOnceAsync(Waiting.Token);
        Assert.Equal("FAC-0", Assert.Single(kit.Runs.States).FacilityId);

        kit.Directory.Facilities = [new Facility("FAC-9", "fake", "there") { Name = "nine" }];
        kit.Clock.Advance(FacilityScheduler.DirectoryRefresh);
        TimeSpan wait = await kit.Scheduler.RunOnceAsync(Waiting.Token);

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
    public async Task ExecuteAsync_SlotsPassedWhileTheDirectoryFailed_AreRunOnceWithinTheNextInterval()
    {
        await using Kit kit = Create(facilities: 1);
        await kit.Scheduler.StartAsync(Waiting.Token);
        await kit.Clock.Delays.WaitAsync();
        kit.Directory.Error = new InvalidOperationException("away");
        kit.Clock.Advance(3 * Interval);
        await kit.Clock.Delays.WaitAsync();
        Assert.Empty(kit.Poller.Listed);

        kit.Directory.Error = null;
        DateTimeOffset back = kit.Clock.GetUtcNow();
        kit.Clock.Advance(FacilityScheduler.DirectoryRefresh);
        await StepUntilAsync(kit, () => kit.Poller.Listed.Count > 0);

        Assert.InRange(kit.Clock.GetUtcNow() - back, TimeSpan.Zero, Interval);
        await kit.Scheduler.StopAsync(Waiting.Token).Soon();
        Assert.Single(kit.Poller.Listed);
        Assert.Single(kit.Logged("SlotsMissed"));
    }

    [Fact]
    public async Task ExecuteAsync_HostSlept_ManyFacilities_AreNotPolledAllAtOnce()
    {
        await using Kit kit = Create(facilities: 60);
        await kit.Scheduler.StartAsync(Waiting.Token);
        await kit.Clock.Delays.WaitAsync();
        kit.Clock.Advance(10 * Interval);
        DateTimeOffset woke = kit.Clock.GetUtcNow();
        var polled = new List<TimeSpan>();
        kit.Poller.OnList = (_, _) =>
        {
            lock (polled) polled.Add(kit.Clock.GetUtcNow() - woke);
            return Task.CompletedTask;
        };

        await StepUntilAsync(kit, () => kit.Clock.GetUtcNow() - woke > Interval);

        await kit.Scheduler.StopAsync(Waiting.Token).Soon();
        Assert.Equal("60 slots passed while no host was there; 20 are made up for over the next interval, the others by the slots that come", Assert.Single(kit.Logged("SlotsMissed")).Message);
        Assert.InRange(polled.Count, 78, 82);
        Assert.All(polled.GroupBy(at => (int)(at.TotalSeconds / 10)), tenth => Assert.InRange(tenth.Count(), 0, 18));
    }

    [Fact]
    public async Task RunOnceAsync_SlotBetweenMilliseconds_WaitsWholeMilliseconds()
    {
        await using Kit kit = Create(facilities: 7, stagger: TimeSpan.FromSeconds(50));

        await kit.Scheduler.RunOnceAsync(Waiting.Token);
        DateTimeOffset slot = kit.Runs.States.Select(s => s.NextPoll!.Value).First(s => s.Ticks % TimeSpan.TicksPerMillisecond != 0);
        kit.Clock.Advance(TimeSpan.FromSeconds(Math.Floor((slot - kit.Clock.GetUtcNow()).TotalSeconds)));

        TimeSpan wait = await kit.Scheduler.RunOnceAsync(Waiting.Token);

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
        await StepUntilAsync(kit, () => kit.Poller.Listed.Count > 0);
        await gate.Reached.WaitAsync();

        await kit.Scheduler.StopAsync(Waiting.Token).Soon();

        Assert.True(kit.Scheduler.ExecuteTask!.IsCompletedSuccessfully);

        // What was fetched is stored, and the lease given back, beside the stopping.
        await kit.Runs.WhenIdleAsync().Soon();
        Assert.DoesNotContain(kit.Log.GetSnapshot(), record => record.Level >= LogLevel.Warning);
        Assert.Equal(FacilityActivity.Waiting, Assert.Single(kit.Runs.States).Activity);
    }

    /// <summary>Lets the loop go from delay to delay until something is so, and every poll that began has ended or waits at a gate.</summary>
    private static async Task StepUntilAsync(Kit kit, Func<bool> condition)
    {
        while (!condition())
        {
            await kit.Clock.Delays.WaitAsync();
            kit.Clock.Advance(kit.Clock.LastDelay);
            await Waiting.UntilAsync(() => kit.Runs.States.Count(s => s.Activity != FacilityActivity.Waiting) == kit.Poller.Listing);
        }
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
