using System.Diagnostics.Metrics;
using Claims.Ingestion.Governing;
using Claims.Ingestion.Postgres.DataSources;
using Microsoft.Extensions.Options;

namespace Claims.Ingestion.Postgres.Governing;

/// <summary>
/// What the users' queries take, and how long they wait for a connection: of all that goes through the pools of the role Api in this process. Npgsql measures it and says so by its metrics, so a query costs an
/// entry in an array.
/// </summary>
internal sealed class UserQueries : IGovernorSource, IDisposable
{
    private const string Duration = "db.client.operation.duration";
    private const string PoolTag = "db.client.connection.pool.name";

    private readonly LatencyWindow _latency;
    private readonly LatencyWindow _wait;
    private readonly MeterListener _listener = new();
    private readonly string _pool;

    public UserQueries(IOptions<PostgresOptions> options, IOptions<GovernorOptions> governor, DataSourceMetrics pools, TimeProvider time)
    {
        _latency = new LatencyWindow(time);
        _wait = new LatencyWindow(time);
        _pool = options.Value.Api.Name ?? "claims-api";

        // Whoever listens makes Npgsql measure each operation of every pool.
        if (!governor.Value.Enabled) return;
        _listener.InstrumentPublished = (instrument, listener) =>
        {
            if (instrument.Meter.Name == "Npgsql" && instrument.Name == Duration) listener.EnableMeasurementEvents(instrument);
        };
        _listener.SetMeasurementEventCallback<double>((_, seconds, tags, _) =>
        {
            foreach (KeyValuePair<string, object?> tag in tags)
            {
                // With several servers the name of the server follows.
                if (tag.Key != PoolTag) continue;
                if (tag.Value is string pool && pool.StartsWith(_pool, StringComparison.Ordinal) && (pool.Length == _pool.Length || pool[_pool.Length] == '@')) _latency.Add(seconds);
                return;
            }
        });
        _listener.Start();
        pools.OnWaited += (role, time) =>
        {
            if (role == DataSourceRole.Api) _wait.Add(time.TotalSeconds);
        };
    }

    public GovernorSignals Add(GovernorSignals signals)
    {
        var latency = _latency.Quantile();
        signals = signals with { UserRate = _latency.LastSecond() };
        if (latency is { } met) signals = signals with { UserLatency = met.Latency, UserLatencySpan = met.Span };
        if (_wait.Quantile() is not { } wait) return signals;

        // Who asks for connections has queries.
        signals = signals with { PoolWait = wait.Latency };
        return latency is not null ? signals : signals with { Dead = [.. signals.Dead, "users open connections, but no query of theirs ends, or Npgsql does not measure them"] };
    }

    public void Dispose() => _listener.Dispose();
}
