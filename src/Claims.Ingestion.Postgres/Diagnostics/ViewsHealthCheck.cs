using System.Globalization;
using Claims.Ingestion.Postgres.DataSources;
using Claims.Ingestion.Postgres.Summaries;
using Claims.Ingestion.Postgres.Views;
using Microsoft.Extensions.Diagnostics.HealthChecks;
using Microsoft.Extensions.Options;

namespace Claims.Ingestion.Postgres.Diagnostics;

/// <summary>Degraded when the reports could not be looked after for long, or are too far behind: they grow old, but ingestion and reads go on.</summary>
internal sealed class ViewsHealthCheck(ViewRefresher views, SummaryService summaries, DatabaseWatch watch, IOptions<PostgresOptions> options) : IHealthCheck
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
        if (!watch.IsStale && watch.Last!.Reports.Where(report => report.Staleness > LimitOf(report.Name)).MaxBy(report => report.Staleness) is { } late)
        {
            return Degraded(string.Create(
                CultureInfo.InvariantCulture,
                $"{late.Name} is {late.Staleness.TotalSeconds:F0} s behind, and {late.WaitingClaims} claims wait to be shown; {LimitOf(late.Name)!.Value.TotalSeconds:F0} s are allowed. See the log, who waits for locks, and claims.view_decision for materialized views."));
        }

        return Task.FromResult(HealthCheckResult.Healthy($"Summaries were looked at {still.TotalSeconds:F0} s ago; the audit put {summaries.Drifted} rows right since the start."));

        static Task<HealthCheckResult> Degraded(string text) => Task.FromResult(HealthCheckResult.Degraded(text));
    }

    /// <summary>Whatever puts a refresh off, by then it begins; and it takes a moment.</summary>
    private TimeSpan? LimitOf(string report)
    {
        ViewOptions settings = options.Value.Views;
        TimeSpan? critical = settings.Items.TryGetValue(report, out ViewItemOptions? item) && item.CriticalStaleness is { } own ? own : settings.CriticalStaleness;
        return critical + settings.CheckInterval + Grace;
    }
}
