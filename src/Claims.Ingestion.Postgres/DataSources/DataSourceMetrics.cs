using System.Diagnostics.Metrics;
using Claims.Ingestion.Diagnostics;

namespace Claims.Ingestion.Postgres.DataSources;

/// <summary>What is measured of pools, servers and routing.</summary>
internal sealed class DataSourceMetrics
{
    public const string MeterName = "Claims.Ingestion.Postgres";

    private const string RoleTag = "claims.role";
    private const string ServerTag = "server.address";

    private readonly Meter _meter;
    private readonly Histogram<double> _wait;
    private readonly Counter<long> _reads;
    private readonly Counter<long> _overdue;

    public DataSourceMetrics(IMeterFactory meters)
    {
        _meter = meters.Create(MeterName);
        _wait = _meter.CreateHistogram<double>("claims.pool.wait.duration", "s", "How long a caller waited for a connection, routing included.", null, Buckets.Seconds);
        _reads = _meter.CreateCounter<long>("claims.routing.reads", "{read}", "Reads by where they went: a replica, the primary in its place, or the only server.");
        _overdue = _meter.CreateCounter<long>("claims.pool.overdue", "{connection}", "Connections that were held longer than the leak threshold.");
    }

    public void ObserveServers(Func<IReadOnlyList<ServerState>> states)
    {
        _meter.CreateObservableGauge("claims.server.reachable", () => states().Select(s => Of(s, s.IsReachable ? 1L : 0L)), "{server}", "Whether the server answers.");
        _meter.CreateObservableGauge("claims.replica.lag", () => Replicas().Select(s => Of(s, s.Lag.TotalSeconds)), "s", "How long ago the primary was where the replica is.");
        _meter.CreateObservableGauge("claims.replica.lag.bytes", () => Replicas().Select(s => Of(s, s.LagBytes)), "By", "How many bytes of the log the replica is behind.");

        IEnumerable<ServerState> Replicas() => states().Where(s => s.Role == ServerRole.Replica);

        static Measurement<T> Of<T>(ServerState state, T value)
            where T : struct => new(value, new KeyValuePair<string, object?>(ServerTag, state.Name));
    }

    public void ObservePool(DataSourceRole role, Func<int> held, int limit)
    {
        _meter.CreateObservableGauge("claims.pool.held", () => new Measurement<int>(held(), Of(role)), "{connection}", "Connections that somebody holds.");
        _meter.CreateObservableGauge("claims.pool.limit", () => new Measurement<int>(limit, Of(role)), "{connection}", "How many connections the role may have, on all servers that it uses.");
    }

    /// <summary>Hear of each wait besides.</summary>
    public Action<DataSourceRole, TimeSpan>? OnWaited { get; set; }

    public void Waited(DataSourceRole role, TimeSpan time)
    {
        _wait.Record(time.TotalSeconds, Of(role));
        OnWaited?.Invoke(role, time);
    }

    public void Read(DataSourceRole role, string target) => _reads.Add(1, Of(role), new KeyValuePair<string, object?>("claims.target", target));

    public void Overdue(DataSourceRole role) => _overdue.Add(1, Of(role));

    private static KeyValuePair<string, object?> Of(DataSourceRole role) => new(RoleTag, role.ToString().ToLowerInvariant());
}
