using Claims.Ingestion.Governing;
using Claims.Ingestion.Postgres.DataSources;

namespace Claims.Ingestion.Postgres.Diagnostics;

/// <summary>How long the callers of each role waited for a connection of late.</summary>
internal sealed class PoolWaits
{
    private readonly Dictionary<DataSourceRole, LatencyWindow> _windows;

    public PoolWaits(DataSourceMetrics pools, TimeProvider time)
    {
        _windows = Enum.GetValues<DataSourceRole>().ToDictionary(role => role, _ => new LatencyWindow(time));
        pools.OnWaited += (role, wait) => _windows[role].Add(wait.TotalSeconds);
    }

    /// <returns>What the slowest twentieth waited; <see langword="null"/> when too few asked.</returns>
    public TimeSpan? Of(DataSourceRole role) => _windows[role].Quantile()?.Latency;
}
