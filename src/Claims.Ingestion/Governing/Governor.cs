using Claims.Ingestion.Pipeline;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;

namespace Claims.Ingestion.Governing;

/// <summary>Watches what the users of the database meet, and lets ingestion have what leaves them in peace. Resolve it from the services to see what it does.</summary>
public sealed class Governor : BackgroundService
{
    /// <summary>How many decisions are remembered.</summary>
    internal const int HistoryLength = 1200;

    /// <summary>As small as batches become, in claims, so that the database is never kept busy for long.</summary>
    private const int SmallBatchClaims = 100;

    private readonly GovernorOptions _options;
    private readonly Governed _governed;
    private readonly IGovernorSource[] _sources;
    private readonly BatchSizer _sizer;
    private readonly PipelineOptions _pipeline;
    private readonly TimeProvider _time;
    private readonly ILogger _logger;
    private readonly long _start;
    private readonly Lock _gate = new();
    private readonly Queue<GovernorStatus> _history = new();
    private GovernorState _state = new();
    private GovernorStatus _status;

    internal Governor(
        IOptions<GovernorOptions> options, Governed governed, IEnumerable<IGovernorSource> sources, BatchSizer sizer, IOptions<PipelineOptions> pipeline, GovernorMetrics metrics, TimeProvider time,
        ILogger<Governor> logger)
    {
        _options = options.Value;
        _governed = governed;
        _sources = [.. sources];
        _sizer = sizer;
        _pipeline = pipeline.Value;
        _time = time;
        _logger = logger;
        _start = time.GetTimestamp();
        _status = new GovernorStatus(time.GetUtcNow(), 1, "none", _options.Enabled ? "nothing is decided yet" : "the governor is switched off", null, null);
        metrics.Observe(() => Status);
    }

    /// <summary>What holds now.</summary>
    public GovernorStatus Status
    {
        get
        {
            lock (_gate) return _status;
        }
    }

    /// <summary>The decisions of the last minutes, the oldest first: ten minutes at the default interval.</summary>
    public IReadOnlyList<GovernorStatus> History
    {
        get
        {
            lock (_gate) return [.. _history];
        }
    }

    internal GovernorDecision DecideOnce()
    {
        var signals = new GovernorSignals { Now = _time.GetElapsedTime(_start), IsAtWork = _governed.IsAtWork, IsIdle = _governed.IsIdle };
        foreach (IGovernorSource source in _sources)
        {
            try
            {
                signals = source.Add(signals);
            }
            catch (Exception exception)
            {
                signals = signals with { Dead = [.. signals.Dead, $"{source.GetType().Name} failed: {exception.Message}"] };
            }
        }

        GovernorDecision decision = GovernorControl.Decide(_options, signals, _state);
        if (decision.Signal != Status.Signal && (decision.Signal == "dead" || Status.Signal == "dead")) _logger.SignalsChanged(decision.Reason);
        _state = decision.State;
        foreach (IGovernorSource source in _sources) source.Tell(decision.OwnPressure);
        if (!_options.ObserveOnly) Apply(decision.Limits);
        lock (_gate)
        {
            _status = new GovernorStatus(_time.GetUtcNow(), Math.Round(decision.Limits.Share, 4), decision.Signal, decision.Reason, signals.UserLatency, decision.State.Baseline);
            _history.Enqueue(_status);
            if (_history.Count > HistoryLength) _history.Dequeue();
        }

        return decision;
    }

    /// <summary>Lets go: what drains from now on is not slowed down.</summary>
    /// <param name="cancellationToken">The token to end the waiting.</param>
    /// <returns>A task that ends when nothing is decided any more.</returns>
    public override async Task StopAsync(CancellationToken cancellationToken)
    {
        await base.StopAsync(cancellationToken);
        Apply(GovernorLimits.Of(1));
    }

    /// <inheritdoc/>
    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        if (!_options.Enabled) return;
        try
        {
            while (true)
            {
                await Task.Delay(_options.Interval, _time, stoppingToken);
                DecideOnce();
            }
        }
        catch (OperationCanceledException) when (stoppingToken.IsCancellationRequested)
        {
            // Stopping.
        }
    }

    private void Apply(GovernorLimits limits)
    {
        _governed.Limits = limits;

        // Between the smallest batches, which cost little, and the largest the size goes by a power, like the tuning.
        int least = Math.Min(SmallBatchClaims, _pipeline.MaxBatchClaims);
        _sizer.Ceiling = limits.BatchShare >= 1 ? int.MaxValue : (int)(least * Math.Pow((double)_pipeline.MaxBatchClaims / least, limits.BatchShare));
    }
}
