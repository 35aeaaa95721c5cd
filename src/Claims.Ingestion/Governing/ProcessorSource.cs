namespace Claims.Ingestion.Governing;

/// <summary>How much of the processors that it may use this process uses; a container's limit counts.</summary>
internal sealed class ProcessorSource(TimeProvider time) : IGovernorSource
{
    private const double Smoothing = 0.3;

    private (TimeSpan Used, long At)? _last;
    private double? _use;

    public GovernorSignals Add(GovernorSignals signals)
    {
        (TimeSpan used, long at) = (Environment.CpuUsage.TotalTime, time.GetTimestamp());
        if (_last is { } last && time.GetElapsedTime(last.At, at) is { Ticks: > 0 } passed)
        {
            double use = (used - last.Used) / passed / Environment.ProcessorCount;
            _use = _use is { } before ? before + ((use - before) * Smoothing) : use;
        }

        _last = (used, at);
        return _use is { } known ? signals with { ProcessorUse = known } : signals;
    }
}
