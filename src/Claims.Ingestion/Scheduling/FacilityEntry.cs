using Claims.Ingestion.Facilities;
using Claims.Ingestion.Pipeline;
using Claims.Ingestion.Polling;
using Claims.Ingestion.Volumes;

namespace Claims.Ingestion.Scheduling;

/// <summary>What this host knows of a facility: what it does with it now, and the record of its last poll by whatever host.</summary>
internal sealed class FacilityEntry(Facility facility)
{
    private readonly Lock _gate = new();
    private FacilityActivity _activity;
    private PollRecord _record = new() { FacilityId = facility.Id };
    private VolumeVerdict _volume;
    private DateTimeOffset? _pollingSince;
    private int _skipped;

    public Facility Facility { get; set; } = facility;

    /// <summary>From when on its next slot is looked for, when the slots are planned anew.</summary>
    public DateTimeOffset? PlannedFrom { get; set; }

    /// <summary>When it is due next; <see langword="null"/> while nothing is scheduled.</summary>
    public DateTimeOffset? NextSlot { get; set; }

    public bool IsIdle => Read(() => _activity == FacilityActivity.Waiting);

    public PollRecord Record => Read(() => _record);

    public VolumeVerdict Volume => Read(() => _volume);

    public bool IsPaused => Facility.IsPaused || Record.IsPaused;

    /// <summary>What waits for a back-fill to stop.</summary>
    public Action? AfterBackfill { get; set; }

    /// <summary>Begins a poll, unless one is waiting or under way.</summary>
    public bool TryBegin() => Read(() =>
    {
        if (_activity != FacilityActivity.Waiting) return false;
        _activity = FacilityActivity.Due;
        return true;
    });

    public void Skip() => Read(() => ++_skipped);

    public void Polling(DateTimeOffset now) => Read(() =>
    {
        _pollingSince = now;
        return _activity = FacilityActivity.Polling;
    });

    public void Storing() => Read(() => _activity = FacilityActivity.Storing);

    /// <returns>What waited for this end, if anything.</returns>
    public Action? End() => Read(() =>
    {
        _pollingSince = null;
        _activity = FacilityActivity.Waiting;
        Action? next = AfterBackfill;
        AfterBackfill = null;
        return next;
    });

    /// <summary>The slots that were skipped since the last call, to be added to the record.</summary>
    public int TakeSkipped() => Read(() =>
    {
        int skipped = _skipped;
        _skipped = 0;
        return skipped;
    });

    public void Learn(PollRecord record, VolumeVerdict volume) => Read(() =>
    {
        _volume = volume;
        return _record = record;
    });

    public FacilityState Snapshot(AcknowledgementErrors acknowledgements) => Read(() => new FacilityState
    {
        FacilityId = Facility.Id,
        Name = Facility.Name,
        Activity = _activity,
        IsPaused = Facility.IsPaused || _record.IsPaused,
        NextPoll = NextSlot,
        LastPoll = _pollingSince ?? _record.StartedAt,
        LastSuccess = _record.LastSuccess,
        LastDuration = _record.Duration,
        LastOutcome = _record.Outcome,
        LastError = _record.Error,
        AcknowledgementError = acknowledgements.ErrorOf(Facility.Id),
        ConsecutiveFailures = _record.ConsecutiveFailures,
        SkippedSlots = _record.SkippedSlots + _skipped,
        Circuit = _record.Circuit,
        FilesLast24Hours = _record.FilesLast24Hours,
        ClaimsLast24Hours = _record.ClaimsLast24Hours,
        Volume = _volume.State,
        VolumeReason = _volume.Reason,
        Host = _record.Host,
    });

    private T Read<T>(Func<T> action)
    {
        lock (_gate) return action();
    }
}
