using Claims.Ingestion.Governing;
using Claims.Ingestion.Postgres.DataSources;
using Claims.Ingestion.Postgres.Writing;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using Npgsql;

namespace Claims.Ingestion.Postgres.Governing;

/// <summary>
/// Asks the database once a second: who waits for a lock of the ingestion, and how the users of other hosts fare. Each host whose users ask tells the others, by a row in <c>claims.governor_host</c>; so all
/// of them give way when the users of one suffer, and nobody has to coordinate.
/// </summary>
internal sealed class DatabaseSignals : BackgroundService, IGovernorSource
{
    private static readonly TimeSpan _interval = TimeSpan.FromSeconds(1);

    /// <summary>After so long without an answer nothing is known.</summary>
    private static readonly TimeSpan _patience = TimeSpan.FromSeconds(5);

    private readonly RoleDataSource _dataSource;
    private readonly GovernorOptions _governor;
    private readonly PostgresOptions _options;
    private readonly TimeProvider _time;
    private readonly ILogger _logger;
    private readonly string _host = $"{Environment.MachineName}-{Guid.NewGuid():N}";
    private readonly Lock _gate = new();
    private (int Blocked, double Others, long At)? _last;
    private long _startedAt;
    private double? _pressure;
    private string _failure = "no answer yet";

    public DatabaseSignals(
        [FromKeyedServices(DataSourceRole.Report)] RoleDataSource dataSource, IOptions<GovernorOptions> governor, IOptions<PostgresOptions> options, TimeProvider time, ILogger<DatabaseSignals> logger)
    {
        _dataSource = dataSource;
        _governor = governor.Value;
        _options = options.Value;
        _time = time;
        _logger = logger;
        _startedAt = time.GetTimestamp();
    }

    public GovernorSignals Add(GovernorSignals signals)
    {
        lock (_gate)
        {
            if (_last is { } last && _time.GetElapsedTime(last.At) < _patience) return signals with { BlockedByUs = last.Blocked, OtherHosts = last.Others };
            return _last is null && _time.GetElapsedTime(_startedAt) < _patience
                ? signals
                : signals with { Dead = [.. signals.Dead, $"the database does not say who waits for locks: {_failure}"] };
        }
    }

    /// <summary>Takes what the users of this host meet, for the other hosts.</summary>
    public void Tell(double? pressure)
    {
        lock (_gate) _pressure = pressure;
    }

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        if (!_governor.Enabled) return;
        try
        {
            _startedAt = _time.GetTimestamp();
            while (true)
            {
                await AskOnceAsync(stoppingToken);
                await Task.Delay(_interval, _time, stoppingToken);
            }
        }
        catch (OperationCanceledException) when (stoppingToken.IsCancellationRequested)
        {
            // Stopping: the row of this host grows old.
        }
    }

    internal async Task AskOnceAsync(CancellationToken cancellationToken)
    {
        double? pressure;
        lock (_gate) pressure = _pressure;
        try
        {
            await using NpgsqlConnection connection = await _dataSource.OpenPrimaryAsync(cancellationToken);
            await using var command = new NpgsqlCommand(
                """
                WITH told AS (
                  INSERT INTO claims.governor_host (host, pressure, told_at) SELECT $1, $2, clock_timestamp() WHERE $2 IS NOT NULL
                  ON CONFLICT (host) DO UPDATE SET pressure = excluded.pressure, told_at = excluded.told_at
                ), gone AS (
                  DELETE FROM claims.governor_host WHERE told_at < clock_timestamp() - interval '1 hour' AND host <> $1
                )
                SELECT (WITH ours AS (SELECT array_agg(pid) AS pids FROM pg_stat_activity WHERE application_name = $3)
                        SELECT count(DISTINCT l.pid) FROM pg_locks l, ours WHERE NOT l.granted AND l.pid <> ALL(ours.pids) AND pg_blocking_pids(l.pid) && ours.pids)::integer,
                       coalesce((SELECT max(pressure) FROM claims.governor_host WHERE host <> $1 AND told_at > clock_timestamp() - interval '5 seconds'), 0)
                """,
                connection);
            command.Parameters.Add(new NpgsqlParameter<string> { TypedValue = _host });
            command.Parameters.Add(new NpgsqlParameter { Value = pressure ?? (object)DBNull.Value, NpgsqlDbType = NpgsqlTypes.NpgsqlDbType.Double });
            command.Parameters.Add(new NpgsqlParameter<string> { TypedValue = _options.Ingestion.Name ?? "claims-ingestion" });
            await using NpgsqlDataReader reader = await command.ExecuteReaderAsync(cancellationToken);
            await reader.ReadAsync(cancellationToken);
            lock (_gate) _last = (reader.GetInt32(0), reader.GetDouble(1), _time.GetTimestamp());
        }
        catch (Exception exception) when (exception is not OperationCanceledException || !cancellationToken.IsCancellationRequested)
        {
            string failure = exception is PostgresException refusal ? StoreErrors.Describe(refusal).Message : exception.Message;
            lock (_gate) _failure = failure;
            _logger.DatabaseSignalsFailed(failure);
        }
    }
}
