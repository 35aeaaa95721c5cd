using System.Diagnostics.Metrics;
using Claims.Ingestion.Diagnostics;
using Claims.Ingestion.Facilities;
using Claims.Ingestion.Pipeline;
using Claims.Ingestion.Scheduling;
using Claims.Ingestion.Storage;
using Claims.Ingestion.Tests.Fakes;
using Microsoft.Extensions.Diagnostics.HealthChecks;
using Microsoft.Extensions.Diagnostics.Metrics.Testing;

namespace Claims.Ingestion.Tests.Pipeline;

public sealed class FlowMetricsTests
{
    [Fact]
    public async Task Instruments_NamesKindsAndUnits_AreAsDocumented()
    {
        await using var kit = new Kit();
        _ = kit.Pipeline;
        var instruments = new List<string>();
        using var listener = new MeterListener
        {
            InstrumentPublished = (instrument, _) =>
            {
                if (instrument.Name.StartsWith("claims.ingestion.", StringComparison.Ordinal) && ReferenceEquals(instrument.Meter.Scope, kit.Get<IMeterFactory>()))
                    instruments.Add($"{instrument.Meter.Name}: {instrument.Name} {instrument.GetType().Name.Split('`')[0]} {instrument.Unit}");
            },
        };
        listener.Start();

        Assert.Equal(
            [
                "Claims.Ingestion: claims.ingestion.batch.claims Histogram {claim}",
                "Claims.Ingestion: claims.ingestion.batch.claims.target ObservableGauge {claim}",
                "Claims.Ingestion: claims.ingestion.batch.files Histogram {file}",
                "Claims.Ingestion: claims.ingestion.budget.bytes ObservableGauge By",
                "Claims.Ingestion: claims.ingestion.budget.bytes.limit ObservableGauge By",
                "Claims.Ingestion: claims.ingestion.budget.bytes.max ObservableGauge By",
                "Claims.Ingestion: claims.ingestion.commit.duration Histogram s",
                "Claims.Ingestion: claims.ingestion.oldest.age ObservableGauge s",
                "Claims.Ingestion: claims.ingestion.stage.queue.items ObservableGauge {file}",
                "Claims.Ingestion: claims.ingestion.stage.queue.items.limit ObservableGauge {file}",
                "Claims.Ingestion: claims.ingestion.stage.queue.items.max ObservableGauge {file}",
                "Claims.Ingestion: claims.ingestion.stage.room.duration Histogram s",
                "Claims.Ingestion: claims.ingestion.stage.wait.duration Histogram s",
                "Claims.Ingestion: claims.ingestion.stage.work.duration Histogram s",
            ],
            instruments.Order(StringComparer.Ordinal));
    }

    [Fact]
    public async Task Durations_OfOneFile_AreMeasuredForEachStageWithoutTheWaitBetweenAttempts()
    {
        await using var kit = new Kit();
        IMeterFactory meters = kit.Get<IMeterFactory>();
        var wait = new MetricCollector<double>(meters, SchedulingMetrics.MeterName, "claims.ingestion.stage.wait.duration");
        var work = new MetricCollector<double>(meters, SchedulingMetrics.MeterName, "claims.ingestion.stage.work.duration");
        var commit = new MetricCollector<double>(meters, SchedulingMetrics.MeterName, "claims.ingestion.commit.duration");
        var claims = new MetricCollector<int>(meters, SchedulingMetrics.MeterName, "claims.ingestion.batch.claims");
        int attempts = 0;
        kit.Clock.SkipsDelays = true;
        kit.Store.OnStore = (_, _) =>
        {
            if (++attempts == 1) throw new ClaimStoreException("away", isTransient: true);
            kit.Clock.Advance(TimeSpan.FromSeconds(2));
            return Task.CompletedTask;
        };
        await kit.StartAsync();
        kit.PutMany(1);

        await kit.PollAsync();
        await kit.StopCleanAsync();

        string[] stages = ["admission", "reading", "writing", "acknowledging"];
        Assert.Equal(stages, wait.GetMeasurementSnapshot().Select(m => m.Tags["claims.stage"]));
        Assert.Equal(stages[1..].Order(), work.GetMeasurementSnapshot().Select(m => (string)m.Tags["claims.stage"]!).Order());
        Assert.Equal((2.0, 1), (Assert.Single(commit.GetMeasurementSnapshot()).Value, Assert.Single(claims.GetMeasurementSnapshot()).Value));
        Assert.InRange(work.GetMeasurementSnapshot().Single(m => "writing".Equals(m.Tags["claims.stage"])).Value, 2.2, 2.3);
    }

    [Fact]
    public async Task OldestAge_IsThatOfTheFileThatWaitsLongest_AndZeroWithoutAny()
    {
        await using var kit = new Kit();
        var age = new MetricCollector<double>(kit.Get<IMeterFactory>(), SchedulingMetrics.MeterName, "claims.ingestion.oldest.age");
        var gate = new Gate();
        kit.Store.OnStore = (_, token) => gate.PassAsync(token);
        await kit.StartAsync();
        kit.PutMany(1);

        Task<PollTally> poll = kit.PollAsync();
        await gate.Reached.WaitAsync();
        kit.Clock.Advance(TimeSpan.FromSeconds(7));
        age.RecordObservableInstruments();
        gate.Open();
        await poll;
        await kit.StopCleanAsync();
        age.RecordObservableInstruments();

        Assert.Equal([7.0, 0.0], age.GetMeasurementSnapshot().Select(m => m.Value));
    }

    [Theory]
    [InlineData(6, 1_000)]
    [InlineData(100, 100_000)]
    public async Task SlowDatabase_SlowsTheDownloadsAndNothingElse(int maxFiles, int bytes)
    {
        const int Files = 40;
        await using var kit = new Kit(pipeline: options =>
        {
            (options.MaxFilesInFlight, options.MaxBytesInFlight) = (maxFiles, 1024 * 1024);
            (options.Writers, options.Readers, options.BatchFiles) = (1, 1, 2);
        });
        kit.Poller.Put(kit.Facility, "early", FakeReader.Text("early"));
        kit.Poller.OnAcknowledge = (_, _, _) => throw new InvalidOperationException("not now");
        await kit.StartAsync();
        await kit.PollAsync();
        await Waiting.UntilAsync(() => kit.Pipeline.InFlight.Count == 0);
        kit.Poller.OnAcknowledge = (_, _, _) => Task.CompletedTask;
        var gate = new Gate();
        kit.Store.OnStore = (_, token) => gate.PassAsync(token);
        for (int i = 0; i < Files; i++) kit.Poller.Put(kit.Facility, $"f{i:D3}", FakeReader.Text($"f{i:D3}") + new string(' ', bytes));

        // Downloads stand still at the budget, and what was stored before is acknowledged all the same.
        var tally = new PollTally();
        Task poll = kit.Poll.RunAsync(new(kit.Facility), tally, Waiting.Token);
        await gate.Reached.WaitAsync();
        await Waiting.UntilAsync(() => kit.Pipeline.Flow is { AdmissionWaiting: > 0 } f && f.Stages[2].Items == 2 && kit.Poller.Opened.Count == f.Stages[0].Items + 1);
        await Waiting.UntilAsync(() => kit.Poller.Acknowledged.Any(a => a.Id == "early"));
        PipelineFlow flow = kit.Pipeline.Flow;
        int waiting = flow.AdmissionWaiting;
        int inFlight = flow.Stages[0].Items;
        Assert.Equal(Math.Min(maxFiles, (1024 * 1024) / bytes), inFlight);
        Assert.InRange(flow.Bytes, inFlight * bytes, flow.BytesLimit);

        // The scheduler's loop turns; a poll that is due now waits for its turn without a listing. The health check says what binds.
        kit.Directory.Facilities = [new Facility("FAC-2", "fake", "nowhere")];
        await kit.Scheduler.StartAsync(Waiting.Token);
        DateTimeOffset start = kit.Clock.GetUtcNow();
        while (kit.Pipeline.Flow.AdmissionWaiting < waiting + 1 || kit.Clock.GetUtcNow() - start < TimeSpan.FromMinutes(10))
        {
            await kit.Clock.Delays.WaitAsync();
            kit.Clock.Advance(kit.Clock.LastDelay);
            await Waiting.UntilAsync(() => kit.Scheduler.SinceLastBeat == TimeSpan.Zero);
        }

        Assert.DoesNotContain("FAC-2", kit.Poller.Listed);
        HealthCheckResult health = await new PipelineHealthCheck(kit.Pipeline).CheckHealthAsync(new HealthCheckContext(), Waiting.Token);
        Assert.Equal(
            (HealthStatus.Healthy, $"{inFlight} files in flight, as many as the budget allows: downloads wait for the stage 'writing'."), (health.Status, health.Description));
        Assert.False(poll.IsCompleted);
        Assert.Equal(inFlight + 1, kit.Poller.Opened.Count);

        gate.Open();
        await poll.Soon();
        await tally.Completion.Soon();
        while (!kit.Poller.Listed.Contains("FAC-2"))
        {
            await kit.Clock.Delays.WaitAsync();
            kit.Clock.Advance(kit.Clock.LastDelay);
        }

        await kit.Scheduler.StopAsync(Waiting.Token).Soon();
        await kit.StopCleanAsync();
        PipelineFlow end = kit.Pipeline.Flow;
        Assert.Equal((Files, 0), (tally.Stored, tally.Unfinished));
        Assert.Equal(Files + 1, kit.Poller.Acknowledged.Select(a => a.Id).Distinct().Count());
        Assert.Equal((inFlight, flow.MostBytes, 2, null), (end.Stages[0].MostItems, end.MostBytes, end.Stages[2].MostItems, end.Bottleneck));
    }
}
