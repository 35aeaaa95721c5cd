using Claims.Ingestion.Scheduling;
using Microsoft.Extensions.Diagnostics.HealthChecks;

namespace Claims.Ingestion.Diagnostics;

/// <summary>Unhealthy when the scheduler's loop has stopped turning.</summary>
internal sealed class SchedulerHealthCheck(FacilityScheduler scheduler) : IHealthCheck
{
    private static readonly TimeSpan Limit = 6 * FacilityScheduler.DirectoryRefresh;

    public Task<HealthCheckResult> CheckHealthAsync(HealthCheckContext context, CancellationToken cancellationToken = default)
    {
        if (!scheduler.IsEnabled) return Task.FromResult(HealthCheckResult.Healthy("The schedule is switched off; polls are made on request."));
        TimeSpan silence = scheduler.SinceLastBeat;
        return Task.FromResult(silence <= Limit
            ? HealthCheckResult.Healthy($"The scheduler looked for due facilities {silence.TotalSeconds:F0} s ago.")
            : HealthCheckResult.Unhealthy($"The scheduler has not looked for due facilities for {silence.TotalSeconds:F0} s. See the log for why; restart the host."));
    }
}
