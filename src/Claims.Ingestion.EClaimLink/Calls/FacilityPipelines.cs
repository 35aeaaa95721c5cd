using System.Collections.Concurrent;
using Claims.Ingestion.EClaimLink.Soap;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Options;
using Polly;
using Polly.CircuitBreaker;
using Polly.Registry;
using Polly.Retry;
using Polly.Telemetry;
using Polly.Timeout;
using CircuitState = Claims.Ingestion.Polling.CircuitState;

namespace Claims.Ingestion.EClaimLink.Calls;

/// <summary>A resilience pipeline for each facility, so that one facility's failures never touch another's calls.</summary>
internal sealed class FacilityPipelines(
    IOptions<EClaimLinkOptions> options, IOptions<TelemetryOptions> telemetry, TimeProvider time, ILogger<FacilityPipelines> logger) : IDisposable
{
    /// <summary>The name of the pipelines in the metrics of Polly. It is the same for all facilities: the logs tell them apart.</summary>
    private const string Name = "Claims.EClaimLink";

    private static readonly PredicateBuilder<Answer> _passing = new PredicateBuilder<Answer>().Handle<GatewayCallException>(e => e.IsTransient);

    private readonly ConcurrentDictionary<string, CircuitBreakerStateProvider> _circuits = new(StringComparer.Ordinal);

    private readonly ResiliencePipelineRegistry<string> _registry = new(new ResiliencePipelineRegistryOptions<string>
    {
        BuilderFactory = () => new ResiliencePipelineBuilder { TimeProvider = time },
    });

    /// <summary>The metrics of the host's resilience telemetry, without its log: what happens is logged here, by facility.</summary>
    private readonly TelemetryOptions _telemetry = new(telemetry.Value) { LoggerFactory = NullLoggerFactory.Instance };

    /// <summary>Limits one try. The wait for a free download is not part of it.</summary>
    public ResiliencePipeline Attempt { get; } = new ResiliencePipelineBuilder { TimeProvider = time }
        .AddTimeout(options.Value.AttemptTimeout)
        .Build();

    /// <summary>All tries of a call: the total time, retries, the circuit breaker.</summary>
    public ResiliencePipeline<Answer> Of(string facilityId) =>
        _registry.GetOrAddPipeline<Answer>(facilityId, (builder, _) => Build(builder, facilityId));

    /// <summary>The state of the facility's circuit breaker.</summary>
    public CircuitState? CircuitOf(string facilityId) => !_circuits.TryGetValue(facilityId, out CircuitBreakerStateProvider? circuit) ? CircuitState.Closed
        : circuit.CircuitState switch
        {
            Polly.CircuitBreaker.CircuitState.Closed => CircuitState.Closed,
            Polly.CircuitBreaker.CircuitState.HalfOpen => CircuitState.HalfOpen,
            _ => CircuitState.Open,
        };

    public void Dispose() => _registry.Dispose();

    private void Build(ResiliencePipelineBuilder<Answer> builder, string facilityId)
    {
        EClaimLinkOptions o = options.Value;
        builder.Name = Name;
        builder.ConfigureTelemetry(_telemetry);
        builder.AddTimeout(new TimeoutStrategyOptions { Timeout = o.TotalTimeout });
        if (o.RetryCount > 0)
        {
            builder.AddRetry(new RetryStrategyOptions<Answer>
            {
                ShouldHandle = _passing,
                MaxRetryAttempts = o.RetryCount,
                BackoffType = DelayBackoffType.Exponential,
                UseJitter = true,
                Delay = o.RetryDelay,
                MaxDelay = o.MaxRetryDelay,
                OnRetry = retry =>
                {
                    logger.Retrying(facilityId, retry.AttemptNumber + 1, retry.RetryDelay, retry.Outcome.Exception?.Message ?? "");
                    return default;
                },
            });
        }

        builder.AddCircuitBreaker(new CircuitBreakerStrategyOptions<Answer>
        {
            StateProvider = _circuits.GetOrAdd(facilityId, static _ => new CircuitBreakerStateProvider()),
            ShouldHandle = _passing,
            FailureRatio = o.BreakerFailureRatio,
            MinimumThroughput = o.BreakerMinimumCalls,
            SamplingDuration = o.BreakerSamplingTime,
            BreakDuration = o.BreakerOpenTime,
            OnOpened = opened =>
            {
                logger.BreakerOpened(facilityId, opened.BreakDuration, opened.Outcome.Exception?.Message ?? "");
                return default;
            },
            OnClosed = _ =>
            {
                logger.BreakerClosed(facilityId);
                return default;
            },
        });
    }
}
