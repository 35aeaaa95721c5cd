using System.Diagnostics.Metrics;
using Claims.Ingestion.Scheduling;

namespace Claims.Ingestion.Dashboard.Live;

/// <summary>Counts the claims that this host stored, by what it measures of itself: the claims of facilities, and while there is no such instrument the claims of batches.</summary>
internal sealed class StoredClaims : IDisposable
{
    private const string OfFacilities = "claims.facility.claims";
    private const string OfBatches = "claims.ingestion.batch.claims";
    private const string FateTag = "claims.fate";
    private const string Stored = "stored";

    private readonly MeterListener _listener = new();
    private long _ofFacilities;
    private long _ofBatches;
    private volatile bool _hasFacilities;

    public StoredClaims(IMeterFactory meters)
    {
        _listener.InstrumentPublished = (instrument, listener) =>
        {
            // Other hosts may live in this process.
            if (instrument.Meter.Name != SchedulingMetrics.MeterName || instrument.Meter.Scope != meters || instrument.Name is not (OfFacilities or OfBatches)) return;
            if (instrument.Name == OfFacilities) _hasFacilities = true;
            listener.EnableMeasurementEvents(instrument);
        };
        _listener.SetMeasurementEventCallback<long>((instrument, value, tags, _) => Add(instrument, value, tags));
        _listener.SetMeasurementEventCallback<int>((instrument, value, tags, _) => Add(instrument, value, tags));
        _listener.Start();
    }

    public long Total => Interlocked.Read(ref _hasFacilities ? ref _ofFacilities : ref _ofBatches);

    public void Dispose() => _listener.Dispose();

    private void Add(Instrument instrument, long value, ReadOnlySpan<KeyValuePair<string, object?>> tags)
    {
        if (instrument.Name == OfBatches)
        {
            Interlocked.Add(ref _ofBatches, value);
            return;
        }

        foreach (KeyValuePair<string, object?> tag in tags)
        {
            if (tag.Key == FateTag && tag.Value is not Stored) return;
        }

        Interlocked.Add(ref _ofFacilities, value);
    }
}
