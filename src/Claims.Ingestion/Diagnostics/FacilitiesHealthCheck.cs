using System.Globalization;
using Claims.Ingestion.Scheduling;
using Claims.Ingestion.Volumes;
using Microsoft.Extensions.Diagnostics.HealthChecks;
using Microsoft.Extensions.Options;

namespace Claims.Ingestion.Diagnostics;

/// <summary>Degraded when too large a share of the facilities cannot be polled or has fallen silent: the host works, but claims are missing.</summary>
internal sealed class FacilitiesHealthCheck(FacilityRuns runs, IOptions<HealthOptions> options) : IHealthCheck
{
    private const int Named = 3;

    public Task<HealthCheckResult> CheckHealthAsync(HealthCheckContext context, CancellationToken cancellationToken = default)
    {
        FacilityState[] active = [.. runs.States.Where(facility => !facility.IsPaused)];
        FacilityState[] failing = [.. active.Where(facility => facility.ConsecutiveFailures > 0)];
        FacilityState[] silent = [.. active.Where(facility => facility is { ConsecutiveFailures: 0, Volume: VolumeState.Silent })];
        var data = new Dictionary<string, object> { ["facilities"] = active.Length, ["failing"] = failing.Length, ["silent"] = silent.Length };
        string counts = $"{failing.Length} of {active.Length} facilities fail, {silent.Length} are silent";
        if (failing.Length + silent.Length <= options.Value.FailingFacilityShare * active.Length) return Task.FromResult(HealthCheckResult.Healthy($"{counts}.", data));

        FacilityState[] bad = [.. failing.OrderByDescending(facility => facility.ConsecutiveFailures), .. silent];
        string more = bad.Length > Named ? $"; and {bad.Length - Named} more" : "";
        return Task.FromResult(HealthCheckResult.Degraded(
            string.Create(
                CultureInfo.InvariantCulture,
                $"{counts}, more than the share of {options.Value.FailingFacilityShare} that Claims:Health:FailingFacilityShare allows. What is wrong, and what to do, for each: {string.Join("; ", bad.Take(Named).Select(Describe))}{more}."),
            data: data));
    }

    private static string Describe(FacilityState facility) =>
        $"{facility.FacilityId}: {((facility.ConsecutiveFailures > 0 ? facility.LastError : facility.VolumeReason) ?? "see its state").TrimEnd('.')}";
}
