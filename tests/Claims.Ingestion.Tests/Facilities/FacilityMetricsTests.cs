using System.Diagnostics.Metrics;
using Claims.Ingestion.Diagnostics;
using Claims.Ingestion.Facilities;
using Claims.Ingestion.Polling;
using Claims.Ingestion.Scheduling;
using Claims.Ingestion.Storage;
using Claims.Ingestion.Tests.Fakes;
using Claims.Ingestion.Volumes;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Diagnostics.Metrics.Testing;
using Microsoft.Extensions.Options;

namespace Claims.Ingestion.Tests.Facilities;

public sealed class FacilityMetricsTests : IDisposable
{
    private readonly ServiceProvider _services = new ServiceCollection().AddMetrics().BuildServiceProvider();
    private readonly SteppingClock _clock = new();

    private IMeterFactory Meters => _services.GetRequiredService<IMeterFactory>();

    public void Dispose() => _services.Dispose();

    [Fact]
    public void Committed_CountsFilesAndClaimsByFacilityAndFate_AndTheRestTogether()
    {
        FacilityMetrics metrics = Metrics(maxFacilities: 2);
        MetricCollector<long> files = Collect<long>("claims.facility.files");
        MetricCollector<long> claims = Collect<long>("claims.facility.claims");

        metrics.Committed("A", Fate(FileStatus.Stored, new FileCounts(5, 9, 0, 2)));
        metrics.Committed("B", Fate(FileStatus.Stored, new FileCounts(0, 0, 7, 0)));
        metrics.Committed("B", Fate(FileStatus.Quarantined, default));
        metrics.Committed("C", Fate(FileStatus.Skipped, default));
        metrics.Committed("D", Fate(FileStatus.Stored, new FileCounts(1, 0, 0, 0)));

        Assert.Equal(["A stored 1", "B stored 1", "B quarantined 1", "other skipped 1", "other stored 1"], Seen(files));
        Assert.Equal(["A stored 5", "A left_out 2", "B stored 7", "other stored 1"], Seen(claims));

        static IEnumerable<string> Seen(MetricCollector<long> collector) =>
            collector.GetMeasurementSnapshot().Select(m => $"{m.Tags["claims.facility"]} {m.Tags["claims.fate"]} {m.Value}");
    }

    [Fact]
    public void Gauges_TellFacilitiesApartUpToTheLimit_AndOfTheOthersTheWorst()
    {
        FacilityMetrics metrics = Metrics(maxFacilities: 1);
        DateTimeOffset now = _clock.GetUtcNow();
        metrics.Observe(() =>
        [
            new FacilityState { FacilityId = "A", ConsecutiveFailures = 3, LastSuccess = now.AddMinutes(-1), Circuit = CircuitState.HalfOpen },
            new FacilityState { FacilityId = "B", ConsecutiveFailures = 0, LastSuccess = now.AddMinutes(-2), Circuit = CircuitState.Closed, Volume = VolumeState.Usual },
            new FacilityState { FacilityId = "C", ConsecutiveFailures = 4, LastSuccess = now.AddMinutes(-3), Circuit = CircuitState.Closed },
            new FacilityState { FacilityId = "D", ConsecutiveFailures = 2 },
            new FacilityState { FacilityId = "E", LastSuccess = now.AddDays(-9), IsPaused = true },
        ]);

        Assert.Equal(["A 3", "other 4"], Seen<int>("claims.facility.failures", "claims.facility"));
        Assert.Equal(["A 60", "other 180"], Seen<double>("claims.facility.last_success.age", "claims.facility"));
        Assert.Equal(["closed 2", "half_open 1"], Seen<int>("claims.facilities.circuits", "claims.circuit"));
        Assert.Equal(["learning 4", "usual 1"], Seen<int>("claims.facilities", "claims.volume"));
    }

    [Fact]
    public async Task LastSuccess_IsKeptWhilePollsFail()
    {
        await using var kit = new Kit();
        var age = new MetricCollector<double>(kit.Get<IMeterFactory>(), SchedulingMetrics.MeterName, "claims.facility.last_success.age");
        var failures = new MetricCollector<int>(kit.Get<IMeterFactory>(), SchedulingMetrics.MeterName, "claims.facility.failures");
        kit.Directory.Facilities = [kit.Facility];
        await kit.StartAsync();

        await kit.Control.PollAllOnceAsync(Waiting.Token).Soon();
        DateTimeOffset success = kit.Clock.GetUtcNow();
        kit.Clock.Advance(TimeSpan.FromMinutes(5));
        kit.Poller.OnList = (_, _) => throw new FacilityPollException("refused");
        await kit.Control.PollAllOnceAsync(Waiting.Token).Soon();
        age.RecordObservableInstruments();
        failures.RecordObservableInstruments();

        Assert.Equal(success, Assert.Single(kit.Control.Facilities).LastSuccess);
        Assert.Equal((300.0, 1), (age.LastMeasurement!.Value, failures.LastMeasurement!.Value));
        await kit.StopCleanAsync();
    }

    [Fact]
    public async Task Pipeline_CountsAFileWhenItsBatchIsCommitted()
    {
        await using var kit = new Kit(add: services => services.Configure<TelemetryOptions>(options => options.MaxFacilities = 0));
        var files = new MetricCollector<long>(kit.Get<IMeterFactory>(), SchedulingMetrics.MeterName, "claims.facility.files");
        var claims = new MetricCollector<long>(kit.Get<IMeterFactory>(), SchedulingMetrics.MeterName, "claims.facility.claims");
        kit.Poller.Put(kit.Facility, "a", FakeReader.Text("a", claims: 3));
        kit.Store.OnStore = (_, _) => throw new InvalidOperationException("broken");
        await kit.StartAsync();

        Assert.Equal(1, (await kit.PollAsync()).Unfinished);
        Assert.Empty(files.GetMeasurementSnapshot());
        kit.Store.OnStore = (_, _) => Task.CompletedTask;
        Assert.Equal(1, (await kit.PollAsync()).Stored);
        await kit.StopCleanAsync();

        CollectedMeasurement<long> file = Assert.Single(files.GetMeasurementSnapshot());
        Assert.Equal((1, "other", "stored"), (file.Value, file.Tags["claims.facility"], file.Tags["claims.fate"]));
        Assert.Equal(3, Assert.Single(claims.GetMeasurementSnapshot()).Value);
    }

    private static FileFate Fate(FileStatus status, FileCounts counts) => new(status, null, counts, null);

    private FacilityMetrics Metrics(int maxFacilities) => new(Meters, new FacilityTags(Options.Create(new TelemetryOptions { MaxFacilities = maxFacilities })), _clock);

    private MetricCollector<T> Collect<T>(string name)
        where T : struct => new(Meters, SchedulingMetrics.MeterName, name);

    private IEnumerable<string> Seen<T>(string name, string tag)
        where T : struct
    {
        MetricCollector<T> collector = Collect<T>(name);
        collector.RecordObservableInstruments();
        return collector.GetMeasurementSnapshot().Select(m => $"{m.Tags[tag]} {m.Value}").Order(StringComparer.Ordinal);
    }
}
