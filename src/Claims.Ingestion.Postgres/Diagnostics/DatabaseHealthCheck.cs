using Microsoft.Extensions.Diagnostics.HealthChecks;

namespace Claims.Ingestion.Postgres.Diagnostics;

/// <summary>Unhealthy when the primary did not answer the last probe.</summary>
internal sealed class DatabaseHealthCheck(DatabaseProbe probe) : IHealthCheck
{
    public Task<HealthCheckResult> CheckHealthAsync(HealthCheckContext context, CancellationToken cancellationToken = default)
    {
        (TimeSpan age, string? error) = probe.Last;
        if (error is null && age > 5 * DatabaseProbe.Interval) error = $"it has not been asked for {age.TotalSeconds:F0} s";
        return Task.FromResult(error is null
            ? HealthCheckResult.Healthy($"The database answered {age.TotalSeconds:F0} s ago.")
            : HealthCheckResult.Unhealthy($"The database is not available: {error}. Ingestion waits and loses nothing; check the server and ConnectionStrings:Claims."));
    }
}
