using Claims.Ingestion.Postgres.DataSources;
using Claims.Ingestion.Postgres.Summaries;
using Claims.Ingestion.Postgres.Views;
using Microsoft.Extensions.Diagnostics.HealthChecks;
using Microsoft.Extensions.Options;

namespace Claims.Ingestion.Postgres.Diagnostics;

/// <summary>Degraded when the reports could not be looked after for long: they grow old, but ingestion and reads go on.</summary>
internal sealed class ViewsHealthCheck(ViewRefresher views, SummaryService summaries, IOptions<PostgresOptions> options) : IHealthCheck
{
    private static readonly TimeSpan Grace = TimeSpan.FromSeconds(30);

    public Task<HealthCheckResult> CheckHealthAsync(HealthCheckContext context, CancellationToken cancellationToken = default)
    {
        if (!summaries.IsEnabled) return Task.FromResult(HealthCheckResult.Healthy("This host does not refresh views and summaries."));
        ViewOptions settings = options.Value.Views;
        if (summaries.SinceLastBeat is var still && still > settings.Summaries.Interval + Grace)
            return Degraded($"No summary was looked at for {still.TotalSeconds:F0} s. The log says why.");
        if (views.IsEnabled && views.SinceLastBeat is var silence && silence > settings.CheckInterval + (settings.MaxStaleness ?? TimeSpan.Zero) + Grace)
            return Degraded($"No view was considered for {silence.TotalSeconds:F0} s. claims.view_decision and the log say why.");
        return Task.FromResult(HealthCheckResult.Healthy($"Summaries were looked at {still.TotalSeconds:F0} s ago; the audit put {summaries.Drifted} rows right since the start."));

        static Task<HealthCheckResult> Degraded(string text) => Task.FromResult(HealthCheckResult.Degraded(text));
    }
}
