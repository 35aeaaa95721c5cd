using System.Diagnostics.Metrics;
using Claims.Ingestion.Diagnostics;
using Claims.Ingestion.Facilities;
using Claims.Ingestion.Scheduling;

namespace Claims.Ingestion.Dashboard.Live;

/// <summary>Counts the claims that this host stored, by what it measures of itself.</summary>
internal sealed class StoredClaims : IDisposable
{
    private readonly MeterListener _listener = new();
    private long _total;

    public StoredClaims(IMeterFactory meters)
    {
        _listener.InstrumentPublished = (instrument, listener) =>
        {
            // Other hosts may live in this process.
            if (instrument.Meter.Name == SchedulingMetrics.MeterName && instrument.Meter.Scope == meters && instrument.Name == FacilityMetrics.Claims) listener.EnableMeasurementEvents(instrument);
        };
        _listener.SetMeasurementEventCallback<long>((_, claims, tags, _) => Add(claims, tags));
        _listener.Start();
    }

    public long Total => Interlocked.Read(ref _total);

    public void Dispose() => _listener.Dispose();

    private void Add(long claims, ReadOnlySpan<KeyValuePair<string, object?>> tags)
    {
        foreach (KeyValuePair<string, object?> tag in tags)
        {
            if (tag.Key == Tag.Fate && tag.Value is not Tag.Stored) return;
        }

        Interlocked.Add(ref _total, claims);
    }
}
