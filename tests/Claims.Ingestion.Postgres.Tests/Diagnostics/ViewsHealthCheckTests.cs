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

    [Fact]
    public async Task Check_ReportTooFarBehind_SaysHowFarAndWhereToLook()
    {
        await using ClaimsDatabase database = await ClaimsDatabase.CreateAsync();
        await using ViewHost host = new(database, ("Views:Items:mv_balance_amount_summary:CriticalStaleness", "00:30:00"));
        await host.SubmitAsync("one", 2);
        await host.RemitAsync("one", 1);
        await database.ExecuteAsync("UPDATE claims.view_change SET at = now() - interval '5 minutes 20 seconds'");
        DatabaseWatch watch = host.Services.GetRequiredService<DatabaseWatch>();
        await watch.RunOnceAsync(Token);
        Assert.Equal(HealthStatus.Healthy, (await CheckAsync(host, 0)).Status);

        await database.ExecuteAsync("UPDATE claims.view_change SET at = now() - interval '10 minutes'");
        await watch.RunOnceAsync(Token);
        (HealthStatus status, string? text) = await CheckAsync(host, 0);
        Assert.Equal(HealthStatus.Degraded, status);
        Assert.Matches(
            @"^mv_(claim_summary_payerwise|remittance_advice_summary) is 6\d\d s behind, and 3 claims wait to be shown; 336 s are allowed\. See the log, who waits for locks, and claims\.view_decision for materialized views\.$", text);

        // What was seen long ago says nothing any more.
        Assert.Equal(HealthStatus.Healthy, (await CheckAsync(host, 30.1)).Status);
        await host.Reports.RefreshAllAsync("test", Token);
        await watch.RunOnceAsync(Token);
        Assert.Equal(TimeSpan.Zero, watch.Last!.Staleness);
    }

    private static async Task<(HealthStatus Status, string? Text)> CheckAsync(ViewHost host, double seconds)
    {
        ViewsHealthCheck check = ActivatorUtilities.GetServiceOrCreateInstance<ViewsHealthCheck>(host.Services);
        host.Time.Advance(TimeSpan.FromSeconds(seconds));
        HealthCheckResult result = await check.CheckHealthAsync(new HealthCheckContext(), Token);
        return (result.Status, result.Description);
    }
}
