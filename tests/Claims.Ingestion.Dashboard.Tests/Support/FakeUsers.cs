using Claims.Ingestion.Governing;

namespace Claims.Ingestion.Dashboard.Tests.Support;

/// <summary>Users of the database, as the governor meets them.</summary>
internal sealed class FakeUsers : IGovernorSource
{
    /// <summary>What their slow queries take now.</summary>
    public TimeSpan? Latency { get; set; }

    public GovernorSignals Add(GovernorSignals signals) => signals with { UserLatency = Latency, UserLatencySpan = TimeSpan.FromMilliseconds(100) };
}
