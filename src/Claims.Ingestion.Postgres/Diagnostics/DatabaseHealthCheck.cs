using Claims.Ingestion.Postgres.DataSources;
using Microsoft.Extensions.Diagnostics.HealthChecks;

namespace Claims.Ingestion.Postgres.Diagnostics;

/// <summary>Unhealthy when no server that takes writes has answered of late.</summary>
internal sealed class DatabaseHealthCheck(DatabaseServers servers) : IHealthCheck
{
    // One answer that comes late is not worth taking the host out of service.
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(5);

    public Task<HealthCheckResult> CheckHealthAsync(HealthCheckContext context, CancellationToken cancellationToken = default)
    {
        TimeSpan age = servers.SinceWritable;
        string errors = string.Join("; ", servers.States.Where(state => !state.IsReachable).Select(state => $"{state.Name}: {state.Error}"));
        return Task.FromResult(age <= Limit
            ? HealthCheckResult.Healthy($"The database answered {age.TotalSeconds:F0} s ago.")
            : HealthCheckResult.Unhealthy(
                $"The database is not available: no server has taken writes for {age.TotalSeconds:F0} s{(errors.Length > 0 ? $" ({errors})" : "")}. Ingestion waits and loses nothing; check the servers and ConnectionStrings:Claims."));
    }
}
