using System.Diagnostics.Metrics;
using Claims.Ingestion.Diagnostics;
using Claims.Ingestion.Scheduling;

namespace Claims.Ingestion.Pipeline;

/// <summary>What is measured of the flow from the admission to the acknowledgement.</summary>
internal sealed class FlowMetrics
{
    /// <summary>The tag that tells the stages apart.</summary>
    internal const string StageTag = "claims.stage";

    private readonly Meter _meter;
    private readonly Histogram<double> _wait;
    private readonly Histogram<double> _room;
    private readonly Histogram<double> _work;
    private readonly Histogram<double> _commit;
    private readonly Histogram<int> _batchClaims;
    private readonly Histogram<int> _batchFiles;

    public FlowMetrics(IMeterFactory meters)
    {
        _meter = meters.Create(SchedulingMetrics.MeterName);
        _wait = _meter.CreateHistogram<double>("claims.ingestion.stage.wait.duration", "s", "How long a file waited for the stage.", null, Buckets.Seconds);
        _room = _meter.CreateHistogram<double>("claims.ingestion.stage.room.duration", "s", "How much of that there was no room in the stage's queue, so that the stage before stood still.", null, Buckets.Seconds);
        _work = _meter.CreateHistogram<double>("claims.ingestion.stage.work.duration", "s", "How long the stage worked at a file, or at a batch of them.", null, Buckets.Seconds);
        _commit = _meter.CreateHistogram<double>("claims.ingestion.commit.duration", "s", "How long the store took for a batch, without attempts that failed.", null, Buckets.Seconds);
        _batchClaims = _meter.CreateHistogram<int>("claims.ingestion.batch.claims", "{claim}", "Claims in a batch of small files.", null, Buckets.Counts);
        _batchFiles = _meter.CreateHistogram<int>("claims.ingestion.batch.files", "{file}", "Files in a batch.", null, Buckets.Counts);
    }

    /// <summary>Tells where the state of the flow is to be had when somebody asks for it.</summary>
    public void Observe(Func<PipelineFlow> flow, Func<TimeSpan?> oldest)
    {
        Gauge("claims.ingestion.stage.queue.items", "{file}", "Files that wait for the stage; for the admission, files that are in flight.", f => f.Stages.Select(s => Of(s, s.Items)));
        Gauge("claims.ingestion.stage.queue.items.limit", "{file}", "How many may wait.", f => f.Stages.Select(s => Of(s, s.Limit)));
        Gauge("claims.ingestion.stage.queue.items.max", "{file}", "The most that ever waited.", f => f.Stages.Select(s => Of(s, s.MostItems)));
        Gauge("claims.ingestion.budget.bytes", "By", "Bytes of the files in flight.", f => [new(f.Bytes)]);
        Gauge("claims.ingestion.budget.bytes.limit", "By", "How many bytes may be in flight.", f => [new(f.BytesLimit)]);
        Gauge("claims.ingestion.budget.bytes.max", "By", "The most bytes that ever were.", f => [new(f.MostBytes)]);
        Gauge("claims.ingestion.batch.claims.target", "{claim}", "Claims up to which a batch takes further files now.", f => [new(f.BatchClaims)]);

        _meter.CreateObservableGauge("claims.ingestion.oldest.age", () => oldest()?.TotalSeconds ?? 0, "s", "How long ago the oldest file was listed that is on its way, until its acknowledgement was tried; 0 when there is none.");

        void Gauge(string name, string unit, string description, Func<PipelineFlow, IEnumerable<Measurement<long>>> values) =>
            _meter.CreateObservableGauge(name, () => values(flow()), unit, description);

        static Measurement<long> Of(StageFlow stage, long value) => new(value, new KeyValuePair<string, object?>(StageTag, stage.Name));
    }

    public void Waited(KeyValuePair<string, object?> stage, TimeSpan time) => _wait.Record(time.TotalSeconds, stage);

    public void WaitedForRoom(KeyValuePair<string, object?> stage, TimeSpan time) => _room.Record(time.TotalSeconds, stage);

    public void Worked(KeyValuePair<string, object?> stage, TimeSpan time) => _work.Record(time.TotalSeconds, stage);

    /// <param name="files">The files of the batch.</param>
    /// <param name="claims">Its claims; <see langword="null"/> for a large file.</param>
    /// <param name="time">How long it took.</param>
    public void Committed(int files, int? claims, TimeSpan time)
    {
        _commit.Record(time.TotalSeconds);
        _batchFiles.Record(files);
        if (claims is { } count) _batchClaims.Record(count);
    }
}
