using System.Diagnostics.Metrics;
using Claims.Ingestion.Diagnostics;
using Claims.Ingestion.Polling;

namespace Claims.Ingestion.Scheduling;

/// <summary>What is measured of the scheduling.</summary>
internal sealed class SchedulingMetrics
{
    public const string MeterName = "Claims.Ingestion";
    public const string Polls = "claims.scheduling.polls";

    private readonly Meter _meter;
    private readonly Histogram<double> _lateness;
    private readonly Histogram<double> _wait;
    private readonly Counter<long> _polls;
    private readonly Counter<long> _skippedSlots;
    private readonly Counter<long> _missedSlots;
    private readonly Counter<long> _lostLeases;
    private readonly Counter<long> _takeOvers;

    public SchedulingMetrics(IMeterFactory meters)
    {
        _meter = meters.Create(MeterName);
        _lateness = _meter.CreateHistogram<double>("claims.scheduling.lateness", "s", "How long after its slot a poll began.", null, Buckets.Seconds);
        _wait = _meter.CreateHistogram<double>("claims.scheduling.wait", "s", "How long a due facility waited for a place, for its lease and for its turn in the pipeline.", null, Buckets.Seconds);
        _polls = _meter.CreateCounter<long>(Polls, "{poll}", "Polls by kind and outcome.");
        _skippedSlots = _meter.CreateCounter<long>("claims.scheduling.skipped_slots", "{slot}", "Slots that passed while the facility's poll before was still running.");
        _missedSlots = _meter.CreateCounter<long>("claims.scheduling.missed_slots", "{slot}", "Slots that passed while no host was there.");
        _lostLeases = _meter.CreateCounter<long>("claims.scheduling.lost_leases", "{lease}", "Polls that were stopped because this host was cut off or stood still.");
        _takeOvers = _meter.CreateCounter<long>("claims.scheduling.take_overs", "{poll}", "Polls begun in place of a host that gave no sign of life.");
    }

    /// <summary>Tells where it is to be had, when somebody asks for it, how many facilities wait.</summary>
    public void Observe(Func<int> waiting) =>
        _meter.CreateObservableGauge("claims.scheduling.waiting", () => waiting(), "{facility}", "Facilities that are due and wait for a place.");

    public void PollBegins(PollKind kind, TimeSpan lateness, TimeSpan wait)
    {
        if (kind == PollKind.Scheduled) _lateness.Record(Math.Max(0, lateness.TotalSeconds));
        if (kind != PollKind.Backfill) _wait.Record(wait.TotalSeconds);
    }

    public void PollEnded(PollKind kind, PollOutcome outcome) => _polls.Add(1, new(Tag.PollKind, Tag.Word(kind)), new(Tag.PollOutcome, Tag.Word(outcome)));

    public void SlotSkipped() => _skippedSlots.Add(1);

    public void SlotMissed() => _missedSlots.Add(1);

    public void LeaseLost() => _lostLeases.Add(1);

    public void TakenOver() => _takeOvers.Add(1);
}
