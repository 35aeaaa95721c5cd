using Claims.Ingestion.EClaimLink.Soap;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using Polly;
using Polly.CircuitBreaker;
using Polly.Registry;
using Polly.Retry;
using Polly.Timeout;

namespace Claims.Ingestion.EClaimLink.Calls;

/// <summary>A resilience pipeline for each facility, so that one facility's failures never touch another's calls.</summary>
internal sealed class FacilityPipelines(IOptions<EClaimLinkOptions> options, TimeProvider time, ILogger<FacilityPipelines> logger) : IDisposable
{
    private static readonly PredicateBuilder<Answer> _passing = new PredicateBuilder<Answer>().Handle<GatewayCallException>(e => e.IsTransient);

    private readonly ResiliencePipelineRegistry<string> _registry = new(new ResiliencePipelineRegistryOptions<string>
    {
        BuilderFactory = () => new ResiliencePipelineBuilder { TimeProvider = time },
    });

    /// <summary>Limits one try. The wait for a free download is not part of it.</summary>
    public ResiliencePipeline Attempt { get; } = new ResiliencePipelineBuilder { TimeProvider = time }
        .AddTimeout(options.Value.AttemptTimeout)
        .Build();

    /// <summary>All tries of a call: the total time, retries, the circuit breaker.</summary>
    public ResiliencePipeline<Answer> Of(string facilityId) =>
        _registry.GetOrAddPipeline<Answer>(facilityId, (builder, _) => Build(builder, facilityId));

    public void Dispose() => _registry.Dispose();

    private void Build(ResiliencePipelineBuilder<Answer> builder, string facilityId)
    {
        EClaimLinkOptions o = options.Value;
        builder.TimeProvider = time;
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
