using Deploy.Tests.Prometheus;

namespace Deploy.Tests.Grafana;

/// <summary>What rules and dashboards ask, of a real Prometheus that fetched from a real host.</summary>
[Collection(nameof(MonitoredHost))]
public sealed class QueryTests(MonitoredHost host)
{
    private static IEnumerable<(string Where, string Expression)> All => Dashboard.All.SelectMany(dashboard => dashboard.Queries).Concat(AlertRule.All.Select(rule => (rule.Alert, rule.Expr)));

    [Fact]
    public async Task Dashboards_ShowSomethingInEveryPanelWhoseMetricsAreThere()
    {
        var pending = Dashboard.All.SelectMany(dashboard => dashboard.Queries).Where(query => !MetricNames.IsComing(query.Expression)).ToList();
        HashSet<string> there = [];

        // Rates need a second scrape, and some counters begin with the first file or the first user.
        await host.Prometheus.UntilAsync(
            async () =>
            {
                there = MetricNames.Whole(await host.Prometheus.ValuesOfAsync("__name__"));
                foreach ((string Panel, string Expression) query in pending.ToList())
                {
                    if ((await host.Prometheus.QueryAsync(Dashboard.Substituted(query.Expression))).Count > 0) pending.Remove(query);
                }

                return pending.All(query => MayBeEmpty(query.Expression, there));
            },
            () => string.Join('\n', pending.Where(query => !MayBeEmpty(query.Expression, there))),
            seconds: 30);
    }

    [Fact]
    public async Task Names_OfRulesDashboardsAndRunbookAreKnown()
    {
        HashSet<string> documented = MetricNames.Documented();
        string[] used =
        [
            .. All.SelectMany(query => MetricNames.MetricsOf(query.Expression).Concat(MetricNames.LabelsOf(query.Expression))),
            .. MetricNames.MetricsOf(await File.ReadAllTextAsync(Repository.PathOf("docs", "alerts.md"), TestContext.Current.CancellationToken)),
        ];
        string[] unknown = [];

        // Some begin with the first file or the first user.
        await host.Prometheus.UntilAsync(
            async () =>
            {
                HashSet<string> known = [.. MetricNames.Whole(await host.Prometheus.ValuesOfAsync("__name__")), .. await host.Prometheus.LabelsAsync(), .. documented, .. MetricNames.Coming];
                unknown = [.. used.Where(name => name.StartsWith("claims_", StringComparison.Ordinal) && !known.Contains(name)).Distinct()];
                return unknown.Length == 0;
            },
            () => string.Join(' ', unknown),
            seconds: 30);
    }

    /// <summary>Alerts are rare, and some metrics are shown only where there is a reason.</summary>
    private static bool MayBeEmpty(string expression, HashSet<string> there) => expression.StartsWith("ALERTS", StringComparison.Ordinal) || !MetricNames.MetricsOf(expression).All(there.Contains);
}
