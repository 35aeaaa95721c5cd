using Claims.Ingestion.Facilities;
using Claims.Ingestion.Governing;
using Claims.Ingestion.Polling;
using Claims.Ingestion.Scheduling;
using Claims.Ingestion.Storage;
using Claims.Ingestion.Tests.Fakes;

namespace Claims.Ingestion.Tests.Scheduling;

public sealed class IngestionControlTests
{
    [Fact]
    public async Task PollAllOnceAsync_ReportsEachFacilityAndTheSum()
    {
        await using var kit = new Kit();
        kit.Directory.Facilities = [new("FAC-3", "nowhere", "x"), new("FAC-2", "fake", "x"), kit.Facility];
        kit.Poller.Put(kit.Facility, "a", FakeReader.Text("a", claims: 3));
        kit.Poller.Put(kit.Facility, "b", FakeReader.Text("b", status: "quarantined"));
        kit.Poller.Put(kit.Facility, "c", FakeReader.Text("c", status: "skipped"));
        kit.Poller.Put(kit.Facility, "d", FakeReader.Text("d"));
        kit.Poller.OnOpen = (_, file, _) => file.ExternalId == "d" ? throw new FacilityPollException("broken off") : Task.CompletedTask;
        await kit.StartAsync();

        IngestionReport report = await kit.Control.PollAllOnceAsync(Waiting.Token).Soon();

        var counts = new FileCounts(3, 0, 0, 0);
        Assert.Equal(
            [
                new FacilityReport("FAC-1", 1, 1, 1, 1, counts, "Facility FAC-1: 1 listed file could not be fetched; the next poll tries again. broken off"),
                new FacilityReport("FAC-2", 0, 0, 0, 0, default, null),
                new FacilityReport("FAC-3", 0, 0, 0, 0, default, "Facility FAC-3 asks for the poller 'nowhere', which is not registered."),
            ],
            report.Facilities);
        Assert.Equal(new FacilityReport("total", 1, 1, 1, 1, counts, null), report.Total);
        Assert.False(report.IsComplete);
        Assert.Equal(3, kit.Control.Facilities.Count);
        await kit.StopCleanAsync();
    }

    [Fact]
    public async Task PollAllOnceAsync_FacilityIsBeingPolled_SaysSo()
    {
        await using var kit = new Kit();
        kit.Directory.Facilities = [kit.Facility];
        var gate = new Gate();
        kit.Poller.OnList = (_, token) => gate.PassAsync(token);
        Task<IngestionReport> first = kit.Control.PollAllOnceAsync(Waiting.Token);
        await gate.Reached.WaitAsync();

        IngestionReport second = await kit.Control.PollAllOnceAsync(Waiting.Token).Soon();

        Assert.Equal("the facility is being polled already", Assert.Single(second.Facilities).Error);
        gate.Open();
        Assert.True((await first.Soon()).IsComplete);
    }

    [Fact]
    public async Task PollAllOnceAsync_AnotherHostHasAFacility_WaitsForItAsLongAsADeadHostWouldKeepIt()
    {
        var leases = new FakeLease { Elsewhere = { "FAC-1", "FAC-2" } };
        await using var kit = new Kit(leases: leases);
        kit.Directory.Facilities = [kit.Facility, kit.Facility with { Id = "FAC-2" }];

        Task<IngestionReport> poll = kit.Control.PollAllOnceAsync(Waiting.Token);
        await kit.Clock.Delays.WaitAsync(2);
        leases.Elsewhere.Remove("FAC-1");
        while (!poll.IsCompleted)
        {
            kit.Clock.Advance(TimeSpan.FromSeconds(1));
            await Task.Yield();
        }

        Assert.Equal([null, "the facility is being polled already"], (await poll).Facilities.Select(f => f.Error));
        Assert.Equal(["FAC-1"], kit.Poller.Listed);
    }

    [Fact]
    public async Task PollAsync_OneFacility_IsPolledThoughPaused()
    {
        await using var kit = new Kit();
        kit.Directory.Facilities = [kit.Facility with { IsPaused = true }];
        kit.PutMany(2);
        await kit.StartAsync();

        Assert.Equal(2, (await kit.Control.PollAsync("FAC-1", Waiting.Token).Soon()).Stored);
        await Assert.ThrowsAsync<ArgumentException>(() => kit.Control.PollAsync("FAC-9", Waiting.Token));
    }

    [Fact]
    public async Task Pause_SlotsPass_UntilResume()
    {
        await using var kit = new Kit();
        kit.Directory.Facilities = [kit.Facility];
        FacilityEntry entry = kit.Runs.EntryOf(kit.Facility);
        var listed = new Signal();
        kit.Poller.OnList = (_, _) =>
        {
            listed.Set();
            return Task.CompletedTask;
        };

        await kit.Control.PauseAsync("FAC-1", Waiting.Token);
        Assert.True(Assert.Single(kit.Control.Facilities).IsPaused);
        kit.Runs.Add(entry, kit.Clock.GetUtcNow(), PollKind.Scheduled, Waiting.Token);
        Assert.True(entry.IsIdle);
        await kit.Control.ResumeAsync("FAC-1", Waiting.Token);
        kit.Runs.Add(entry, kit.Clock.GetUtcNow(), PollKind.Scheduled, Waiting.Token);

        await listed.WaitAsync();
        Assert.False(Assert.Single(kit.Control.Facilities).IsPaused);
    }

    [Fact]
    public async Task Drain_PollUnderWay_EndsWhenItsFilesAreStored()
    {
        await using var kit = new Kit();
        kit.Directory.Facilities = [kit.Facility];
        var gate = new Gate();
        kit.Store.OnStore = (_, token) => gate.PassAsync(token);
        kit.PutMany(1);
        await kit.StartAsync();
        Task<FacilityReport> poll = kit.Control.PollAsync("FAC-1", Waiting.Token);
        await gate.Reached.WaitAsync();

        Task drain = kit.Control.DrainAsync(Waiting.Token);
        await Waiting.UntilAsync(() => kit.Runs.States[0].Activity == FacilityActivity.Storing);
        Assert.False(drain.IsCompleted);
        kit.Runs.Add(kit.Runs.EntryOf(kit.Facility with { Id = "FAC-2" }), kit.Clock.GetUtcNow(), PollKind.Scheduled, Waiting.Token);
        gate.Open();
        await drain.Soon();

        Assert.Equal(1, (await poll.Soon()).Stored);
        Assert.Equal(["FAC-1"], kit.Poller.Listed);
        kit.Control.EndDrain();
        await Waiting.UntilAsync(() => kit.Poller.Listed.Count == 2);
    }

    [Fact]
    public async Task Backfill_Range_IsFetchedDayByDayWithoutWhatIsKnown()
    {
        await using var kit = new Kit();
        kit.Directory.Facilities = [kit.Facility];
        kit.PutMany(3);
        await kit.StartAsync();
        DateTimeOffset from = new(2026, 1, 1, 0, 0, 0, TimeSpan.Zero);

        FacilityReport first = await kit.Control.BackfillAsync("FAC-1", from, from.AddDays(2.5), Waiting.Token).Soon();
        FacilityReport again = await kit.Control.BackfillAsync("FAC-1", from, from.AddDays(1), Waiting.Token).Soon();

        Assert.Equal((3, 0), (first.Stored, again.Stored));
        Assert.Equal([(from, from.AddDays(1)), (from.AddDays(1), from.AddDays(2)), (from.AddDays(2), from.AddDays(2.5)), (from, from.AddDays(1))], kit.Poller.Ranges);
        await Assert.ThrowsAsync<ArgumentException>(() => kit.Control.BackfillAsync("FAC-1", from, from, Waiting.Token));
    }

    [Fact]
    public async Task Backfill_UsersSuffer_WaitsUntilTheyDoNot()
    {
        await using var kit = new Kit();
        kit.Directory.Facilities = [kit.Facility];
        await kit.StartAsync();
        int ranges = 0;
        kit.Poller.OnListRange = _ =>
        {
            Interlocked.Increment(ref ranges);
            return Task.CompletedTask;
        };
        kit.Get<Governed>().Limits = GovernorLimits.Of(0.5);
        DateTimeOffset from = new(2026, 1, 1, 0, 0, 0, TimeSpan.Zero);
        Task<FacilityReport> backfill = kit.Control.BackfillAsync("FAC-1", from, from.AddDays(1), Waiting.Token);

        await kit.Control.PollAllOnceAsync(Waiting.Token).Soon();
        Assert.Equal((0, false), (ranges, backfill.IsCompleted));

        kit.Get<Governed>().Limits = GovernorLimits.Of(1);
        Assert.Null((await backfill.Soon()).Error);
        Assert.Equal(1, ranges);
    }

    [Fact]
    public async Task Backfill_SlotOfTheFacilityComes_StopsAndGoesOnAfterwards()
    {
        await using var kit = new Kit();
        kit.Directory.Facilities = [kit.Facility];
        await kit.StartAsync();
        kit.Clock.SkipsDelays = true;
        var gate = new Gate();
        var polled = new Signal();
        int ranges = 0;
        kit.Poller.OnListRange = token => Interlocked.Increment(ref ranges) == 1 ? gate.PassAsync(token) : Task.CompletedTask;
        kit.Poller.OnList = (_, _) =>
        {
            polled.Set();
            return Task.CompletedTask;
        };
        DateTimeOffset from = new(2026, 1, 1, 0, 0, 0, TimeSpan.Zero);
        Task<FacilityReport> backfill = kit.Control.BackfillAsync("FAC-1", from, from.AddDays(1), Waiting.Token);
        await gate.Reached.WaitAsync();

        kit.Runs.Add(kit.Runs.EntryOf(kit.Facility), kit.Clock.GetUtcNow(), PollKind.Scheduled, Waiting.Token);

        await polled.WaitAsync();
        Assert.Null((await backfill.Soon()).Error);
        Assert.Equal((2, 0), (ranges, kit.Runs.States[0].SkippedSlots));
    }

    [Fact]
    public async Task Backfill_SourceWithoutRanges_SaysSo()
    {
        await using var kit = new Kit();
        Facility folder = new("FAC-1", "directory", "/srv/inbox");
        kit.Directory.Facilities = [folder];

        FacilityReport report = await kit.Control.BackfillAsync("FAC-1", DateTimeOffset.UnixEpoch, DateTimeOffset.UnixEpoch.AddDays(3), Waiting.Token).Soon();

        Assert.Equal(
            "Facility FAC-1: the poller 'directory' cannot list a range of dates, so there is nothing to back-fill. The back-fill ended at 1970-01-01 00:00:00Z; ask for it again from there on.",
            report.Error);
    }
}
