using Claims.Ingestion.Postgres.DataSources;
using Claims.Ingestion.Postgres.Views;
using Microsoft.Extensions.Diagnostics.HealthChecks;
using Microsoft.Extensions.Options;

namespace Claims.Ingestion.Postgres.Diagnostics;

/// <summary>Degraded when no view could be considered for long: reports grow old, but ingestion and reads go on.</summary>
internal sealed class ViewsHealthCheck(ViewRefresher refresher, IOptions<PostgresOptions> options) : IHealthCheck
{
    public Task<HealthCheckResult> CheckHealthAsync(HealthCheckContext context, CancellationToken cancellationToken = default)
    {
        if (!refresher.IsEnabled) return Task.FromResult(HealthCheckResult.Healthy("This host does not refresh the views."));
        TimeSpan silence = refresher.SinceLastBeat;
        TimeSpan limit = options.Value.Views.CheckInterval + options.Value.Views.MaxStaleness + TimeSpan.FromSeconds(30);
        return Task.FromResult(silence <= limit
            ? HealthCheckResult.Healthy($"A view was considered {silence.TotalSeconds:F0} s ago.")
            : HealthCheckResult.Degraded($"No view was considered for {silence.TotalSeconds:F0} s. claims.view_decision and the log say why."));
    }
}
