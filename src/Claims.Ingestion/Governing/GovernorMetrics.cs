using System.Diagnostics.Metrics;
using Claims.Ingestion.Scheduling;

namespace Claims.Ingestion.Governing;

/// <summary>What the governor shows.</summary>
internal sealed class GovernorMetrics(IMeterFactory meters)
{
    private readonly Meter _meter = meters.Create(SchedulingMetrics.MeterName);

    public void Observe(Func<GovernorStatus> status)
    {
        _meter.CreateObservableGauge("claims.governor.share", () => status().Share, "1", "The part of its full speed that ingestion has.");
        _meter.CreateObservableGauge("claims.governor.user.latency", () => Seconds(status().UserLatency), "s", "What the slowest twentieth of the users' queries took at least.");
        _meter.CreateObservableGauge("claims.governor.user.latency.baseline", () => Seconds(status().Baseline), "s", "The same in quiet.");
        _meter.CreateObservableGauge("claims.governor.binding", () => new Measurement<int>(1, new KeyValuePair<string, object?>("claims.signal", status().Signal)), "1", "The signal that binds.");

        static IEnumerable<Measurement<double>> Seconds(TimeSpan? value) => value is { } time ? [new(time.TotalSeconds)] : [];
    }
}
