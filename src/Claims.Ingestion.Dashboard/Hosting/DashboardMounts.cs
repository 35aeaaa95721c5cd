using System.Collections.Concurrent;

namespace Claims.Ingestion.Dashboard.Hosting;

/// <summary>The dashboards of the host, by their paths.</summary>
internal sealed class DashboardMounts
{
    private readonly ConcurrentDictionary<string, DashboardMount> _mounts = new(StringComparer.OrdinalIgnoreCase);

    public void Add(DashboardMount mount)
    {
        if (!_mounts.TryAdd(mount.Path, mount)) throw new InvalidOperationException($"A dashboard is mapped at '{mount.Path}/' already; give this one another path.");
    }

    public DashboardMount Find(string path) => _mounts[path];
}
