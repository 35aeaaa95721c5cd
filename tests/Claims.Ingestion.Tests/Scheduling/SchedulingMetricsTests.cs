using System.Diagnostics.Metrics;
using Claims.Ingestion.Polling;
using Claims.Ingestion.Scheduling;
using Claims.Ingestion.Tests.Fakes;
using Microsoft.Extensions.Diagnostics.Metrics.Testing;

namespace Claims.Ingestion.Tests.Scheduling;

public sealed class SchedulingMetricsTests
{
    [Fact]
    public async Task Instruments_NamesKindsAndUnits_AreAsDocumented()
    {
        await using var kit = new Kit();
        _ = kit.Runs;
        var instruments = new List<string>();
        using var listener = new MeterListener
        {
            InstrumentPublished = (instrument, _) =>
            {
                if (instrument.Meter.Name == SchedulingMetrics.MeterName && !instrument.Name.StartsWith("claims.ingestion.", StringComparison.Ordinal) && ReferenceEquals(instrument.Meter.Scope, kit.Get<IMeterFactory>()))
                    instruments.Add($"{instrument.Name} {instrument.GetType().Name.Split('`')[0]} {instrument.Unit}");
            },
        };
        listener.Start();

        Assert.Equal(
            [
                "claims.facilities ObservableGauge {facility}",
                "claims.facilities.circuits ObservableGauge {facility}",
                "claims.facility.claims Counter {claim}",
                "claims.facility.failures ObservableGauge {poll}",
                "claims.facility.files Counter {file}",
                "claims.facility.last_success.age ObservableGauge s",
                "claims.scheduling.lateness Histogram s",
                "claims.scheduling.lost_leases Counter {lease}",
                "claims.scheduling.missed_slots Counter {slot}",
                "claims.scheduling.polls Counter {poll}",
                "claims.scheduling.skipped_slots Counter {slot}",
                "claims.scheduling.take_overs Counter {poll}",
                "claims.scheduling.wait Histogram s",
                "claims.scheduling.waiting ObservableGauge {facility}",
            ],
            instruments.Order(StringComparer.Ordinal));
    }

    [Fact]
    public async Task Poll_OfASlot_IsMeasured()
    {
        await using var kit = new Kit();
        var lateness = new MetricCollector<double>(kit.Get<IMeterFactory>(), SchedulingMetrics.MeterName, "claims.scheduling.lateness");
        var wait = new MetricCollector<double>(kit.Get<IMeterFactory>(), SchedulingMetrics.MeterName, "claims.scheduling.wait");
        var polls = new MetricCollector<long>(kit.Get<IMeterFactory>(), SchedulingMetrics.MeterName, "claims.scheduling.polls");
        var facilities = new MetricCollector<int>(kit.Get<IMeterFactory>(), SchedulingMetrics.MeterName, "claims.facilities");
        kit.Poller.OnList = (_, _) => throw new FacilityPollException("refused") { Outcome = PollOutcome.CredentialRefused };
        FacilityEntry entry = kit.Runs.EntryOf(kit.Facility);

        kit.Runs.Add(entry, kit.Clock.GetUtcNow().AddSeconds(-3), PollKind.Scheduled, Waiting.Token);
        await Waiting.UntilAsync(() => polls.LastMeasurement is not null);
        facilities.RecordObservableInstruments();

        Assert.Equal((3.0, 0.0, 1L), (lateness.LastMeasurement!.Value, wait.LastMeasurement!.Value, polls.LastMeasurement!.Value));
        Assert.Equal(("scheduled", "credential_refused"), (polls.LastMeasurement.Tags["claims.poll.kind"], polls.LastMeasurement.Tags["claims.poll.outcome"]));
        Assert.Equal((1, "learning"), (facilities.LastMeasurement!.Value, facilities.LastMeasurement.Tags["claims.volume"]));
    }
}
