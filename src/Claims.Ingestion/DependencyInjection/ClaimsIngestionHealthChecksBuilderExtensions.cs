using Claims.Ingestion.Diagnostics;

namespace Microsoft.Extensions.DependencyInjection;

/// <summary>Adds the health checks of claims ingestion.</summary>
public static class ClaimsIngestionHealthChecksBuilderExtensions
{
    /// <summary>Adds checks of the scheduler and the pipeline, tagged <c>live</c> and <c>ready</c>, and of the facilities, tagged <c>ready</c>. They read state that is there and open no connection.</summary>
    /// <param name="builder">The builder.</param>
    /// <returns>The value of <paramref name="builder"/>.</returns>
    public static IHealthChecksBuilder AddClaimsIngestion(this IHealthChecksBuilder builder)
    {
        ArgumentNullException.ThrowIfNull(builder);
        return builder
            .AddCheck<SchedulerHealthCheck>("claims-scheduler", tags: ["live", "ready"])
            .AddCheck<PipelineHealthCheck>("claims-pipeline", tags: ["live", "ready"])
            .AddCheck<FacilitiesHealthCheck>("claims-facilities", tags: ["ready"]);
    }
}
