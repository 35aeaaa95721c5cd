using Deploy.Tests.Prometheus;

namespace Deploy.Tests.Faults;

/// <summary>Things go wrong with a real host, and the metrics, its health, the alerts of a real Prometheus and the dashboard must say so.</summary>
[Collection(nameof(MonitoredHost))]
public sealed class FaultTests(MonitoredHost host)
{
    public static TheoryData<string> Names => [.. Fault.All.Select(fault => fault.Name)];

    /// <summary>How long a sign is waited for, on a machine that has other work to do.</summary>
    private static int Seconds => 180 * Math.Max(1, 60 / MonitoredHost.Factor);

    [Theory]
    [MemberData(nameof(Names))]
    public async Task Fault_IsSeenInMetricsHealthAlertsAndDashboard(string name)
    {
        Fault fault = Fault.All.Single(f => f.Name == name);
        if (fault.Lasts) Assert.DoesNotContain(host.AlertsBefore, alert => IsOf(fault, alert));
        else await fault.BeginAsync(host);
        try
        {
            (string Status, string Description) health = default;
            IReadOnlyList<ActiveAlert> alerts = [];
            await host.Prometheus.UntilAsync(async () => (await host.Prometheus.QueryAsync(fault.Metric(host))).Count > 0, () => $"No metric: {fault.Metric(host)}", Seconds);
            await host.Prometheus.UntilAsync(
                async () => (health = await host.HealthAsync(fault.Check)).Status == fault.Status && health.Description.Contains(fault.Says(host), StringComparison.Ordinal),
                () => $"{fault.Check} is {health.Status}: {health.Description}",
                Seconds);
            await host.Prometheus.UntilAsync(
                async () => (alerts = await host.Prometheus.AlertsAsync()).Any(alert => IsOf(fault, alert)),
                () => $"{fault.Alert} does not fire; these do: {string.Join("; ", alerts.Select(alert => $"{alert.Labels["alertname"]} is {alert.State}: {alert.Annotations["summary"]}"))}",
                Seconds);
            string overview = "";
            await host.Prometheus.UntilAsync(
                async () => (overview = await host.OverviewAsync()).Contains(fault.Sentence(host), StringComparison.Ordinal),
                () => $"The dashboard does not say \"{fault.Sentence(host)}\" but: {overview}",
                Seconds);
            Assert.All(alerts.SelectMany(alert => alert.Annotations.Values), text => Assert.DoesNotContain("<error", text, StringComparison.Ordinal));
        }
        finally
        {
            if (fault.EndAsync is { } end) await end(host);
        }
    }

    private bool IsOf(Fault fault, ActiveAlert alert) =>
        alert.Labels["alertname"] == fault.Alert
        && alert.State == "firing"
        && (fault.Label?.Invoke(host) is not { } label || alert.Labels.GetValueOrDefault(label.Name) == label.Value);
}
