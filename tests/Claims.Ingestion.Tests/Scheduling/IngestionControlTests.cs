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
}
