using Claims.Ingestion.Postgres.Diagnostics;
using Claims.Ingestion.Postgres.Tests.Views;
using Claims.Ingestion.TestSupport;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Diagnostics.HealthChecks;

namespace Claims.Ingestion.Postgres.Tests.Diagnostics;

public sealed class ViewsHealthCheckTests
{
    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Check_EachSilence_SaysWhatWasNotLookedAt()
    {
        await using ClaimsDatabase database = await ClaimsDatabase.CreateAsync();
        await using ViewHost host = new(database), materialized = new(database, ("Views:Mode", "Materialized"), ("Views:Summaries:Interval", "01:00:00")), off = new(database, ("Views:Enabled", "false"));

        Assert.Equal((HealthStatus.Healthy, "Summaries were looked at 30 s ago; the audit put 0 rows right since the start."), await CheckAsync(host, 30));
        Assert.Equal((HealthStatus.Degraded, "No summary was looked at for 31 s. The log says why."), await CheckAsync(host, 1));

        // The check interval, the staleness that is allowed, and half a minute.
        Assert.Equal(HealthStatus.Healthy, (await CheckAsync(materialized, 56)).Status);
        Assert.Equal((HealthStatus.Degraded, "No view was considered for 57 s. claims.view_decision and the log say why."), await CheckAsync(materialized, 1));
        await materialized.RunOnceAsync("mv_claim_summary_payerwise");
        Assert.Equal(HealthStatus.Healthy, (await CheckAsync(materialized, 0)).Status);

        Assert.Equal((HealthStatus.Healthy, "This host does not refresh views and summaries."), await CheckAsync(off, 100_000));
    }

    private static async Task<(HealthStatus Status, string? Text)> CheckAsync(ViewHost host, double seconds)
    {
        ViewsHealthCheck check = ActivatorUtilities.GetServiceOrCreateInstance<ViewsHealthCheck>(host.Services);
        host.Time.Advance(TimeSpan.FromSeconds(seconds));
        HealthCheckResult result = await check.CheckHealthAsync(new HealthCheckContext(), Token);
        return (result.Status, result.Description);
    }
}
