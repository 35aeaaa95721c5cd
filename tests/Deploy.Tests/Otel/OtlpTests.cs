namespace Deploy.Tests.Otel;

/// <summary>What the collector is for: it gets everything from a host that is told its address.</summary>
[Collection(nameof(MonitoredHost))]
public sealed class OtlpTests(MonitoredHost host)
{
    [Fact]
    public Task Host_SendsLogsMetricsAndTraces() => host.Prometheus.UntilAsync(
        () => Task.FromResult(host.Otlp.Signals is ["logs", "metrics", "traces"]), () => $"There came only: {string.Join(", ", host.Otlp.Signals)}", seconds: 30);
}
