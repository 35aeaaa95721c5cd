using System.Diagnostics.Metrics;
using Claims.Ingestion.Diagnostics;
using Claims.Ingestion.Scheduling;
using Claims.Ingestion.Storage;

namespace Claims.Ingestion.Facilities;

/// <summary>What is measured of each facility.</summary>
internal sealed class FacilityMetrics
{
    public const string Files = "claims.facility.files";
    public const string Claims = "claims.facility.claims";

    private readonly FacilityTags _tags;
    private readonly TimeProvider _time;
    private readonly Meter _meter;
    private readonly Counter<long> _files;
    private readonly Counter<long> _claims;

    public FacilityMetrics(IMeterFactory meters, FacilityTags tags, TimeProvider time)
    {
        _tags = tags;
        _time = time;
        _meter = meters.Create(SchedulingMetrics.MeterName);
        _files = _meter.CreateCounter<long>(Files, "{file}", "Files by facility and committed fate: stored, quarantined or skipped.");
        _claims = _meter.CreateCounter<long>(Claims, "{claim}", "Claims of stored files by facility and fate: stored or left_out. Replays are not counted.");
    }

    /// <summary>Tells where the state of the facilities is to be had when somebody asks for it.</summary>
    public void Observe(Func<IEnumerable<FacilityState>> facilities)
    {
        _meter.CreateObservableGauge(
            "claims.facilities",
            () => facilities().CountBy(f => f.Volume).Select(pair => new Measurement<int>(pair.Value, new KeyValuePair<string, object?>(Tag.Volume, Tag.Word(pair.Key)))),
            "{facility}",
            "Facilities by their volume: learning, usual, silent or surging.");
        _meter.CreateObservableGauge(
            "claims.facilities.circuits",
            () => facilities().Where(f => f.Circuit is not null).CountBy(f => f.Circuit!.Value).Select(pair => new Measurement<int>(pair.Value, new KeyValuePair<string, object?>(Tag.Circuit, Tag.Word(pair.Key)))),
            "{facility}",
            "Facilities by the state of their source's circuit breaker after the last poll: closed, open or half_open.");
        _meter.CreateObservableGauge(
            "claims.facility.failures",
            () => Worst(facilities().Where(f => f.ConsecutiveFailures > 0).Select(f => (f.FacilityId, f.ConsecutiveFailures))),
            "{poll}",
            "Polls in a row that have not succeeded, by facility; of facilities that have any.");
        _meter.CreateObservableGauge(
            "claims.facility.last_success.age",
            () => Worst(facilities().Where(f => f is { IsPaused: false, LastSuccess: not null }).Select(f => (f.FacilityId, Age(f.LastSuccess!.Value)))),
            "s",
            "How long ago the last poll of the facility began that succeeded, by whatever host; not of paused facilities, nor of those that never had one.");
    }

    /// <summary>A file has its fate: the batch is committed.</summary>
    public void Committed(string facilityId, FileFate fate)
    {
        KeyValuePair<string, object?> facility = new(Tag.Facility, _tags.Of(facilityId));
        _files.Add(1, facility, new(Tag.Fate, Tag.Word(fate.Status)));
        long stored = (long)fate.Counts.Claims + fate.Counts.RemittanceClaims;
        if (stored > 0) _claims.Add(stored, facility, new(Tag.Fate, Tag.Stored));
        if (fate.Counts.LeftOut > 0) _claims.Add(fate.Counts.LeftOut, facility, new(Tag.Fate, "left_out"));
    }

    private double Age(DateTimeOffset at) => Math.Max(0, (_time.GetUtcNow() - at).TotalSeconds);

    /// <summary>One value for each tag: of those that are not told apart, the worst.</summary>
    private IEnumerable<Measurement<T>> Worst<T>(IEnumerable<(string FacilityId, T Value)> facilities)
        where T : struct => facilities
            .GroupBy(f => _tags.Of(f.FacilityId), f => f.Value, StringComparer.Ordinal)
            .Select(group => new Measurement<T>(group.Max(), new KeyValuePair<string, object?>(Tag.Facility, group.Key)));
}
