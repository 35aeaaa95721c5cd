using Claims.Ingestion.Diagnostics;
using Claims.Ingestion.Postgres.DataSources;
using Claims.Ingestion.Postgres.Schema;
using Claims.Ingestion.Postgres.Writing;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using Npgsql;

namespace Claims.Ingestion.Postgres.Diagnostics;

/// <summary>
/// Looks at the database's own statistics now and then, on the primary. It has a connection of its own, outside of the pools: so no user waits for it, and it sees what happens when a pool is exhausted or the
/// server has no connection left to give.
/// </summary>
internal sealed class DatabaseWatch : BackgroundService
{
    /// <summary>What costs more, or changes slowly, is asked less often.</summary>
    private static readonly TimeSpan _slowly = TimeSpan.FromMinutes(1);

    private readonly DatabaseServers _servers;
    private readonly SchemaState _schema;
    private readonly PostgresOptions _postgres;
    private readonly WatchOptions _options;
    private readonly TimeProvider _time;
    private readonly ILoggerFactory _loggers;
    private readonly ILogger _logger;
    private readonly Lock _gate = new();
    private NpgsqlDataSource? _dataSource;
    private NpgsqlConnection? _connection;
    private string? _server;
    private DatabaseLook? _last;
    private TimeSpan _worstStaleness;
    private bool _isBlind;
    private long _begunAt;

    // Of the server that is looked at now.
    private long? _slowAt;
    private (DatabaseCounts Counts, long? Wal, long At)? _before;
    private long _walBytes;
    private (long Bytes, IReadOnlyList<TableOverview> Tables) _tables = (0, []);
    private IReadOnlyList<StatementOverview> _statements = [];
    private List<string> _slowUnavailable = [];

    public DatabaseWatch(DatabaseServers servers, SchemaState schema, IOptions<PostgresOptions> options, WatchMetrics metrics, TimeProvider time, ILoggerFactory loggers)
    {
        _servers = servers;
        _schema = schema;
        _postgres = options.Value;
        _options = _postgres.Watch;
        _time = time;
        _loggers = loggers;
        _logger = loggers.CreateLogger<DatabaseWatch>();
        _begunAt = time.GetTimestamp();
        metrics.Observe(this);
    }

    public bool IsEnabled => _options.Enabled;

    /// <summary>What was seen last; <see langword="null"/> while nothing was.</summary>
    public DatabaseLook? Last => Volatile.Read(ref _last);

    /// <summary>How long ago the last look was; while there was none, since when one is expected. <see langword="null"/> when the watch is off.</summary>
    public TimeSpan? Age => IsEnabled ? _time.GetElapsedTime(Last?.TakenAt ?? Interlocked.Read(ref _begunAt)) : null;

    /// <summary>Whether the last look is too old to judge by.</summary>
    public bool IsStale => Last is null || Age > 3 * _options.Interval;

    /// <summary>The longest that a report was behind at any look since this was asked last.</summary>
    public TimeSpan TakeWorstStaleness()
    {
        lock (_gate)
        {
            TimeSpan worst = _worstStaleness;
            _worstStaleness = TimeSpan.Zero;
            return worst;
        }
    }

    public override void Dispose()
    {
        _connection?.Dispose();
        _dataSource?.Dispose();
        base.Dispose();
    }

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        if (!IsEnabled) return;
        Interlocked.Exchange(ref _begunAt, _time.GetTimestamp());
        try
        {
            while (true)
            {
                await RunOnceAsync(stoppingToken);
                await Task.Delay(_options.Interval, _time, stoppingToken);
            }
        }
        catch (OperationCanceledException) when (stoppingToken.IsCancellationRequested)
        {
            // Stopping.
        }
    }

    /// <summary>Looks once. When that fails, the last look stays and grows old.</summary>
    internal async Task RunOnceAsync(CancellationToken cancellationToken)
    {
        try
        {
            DatabaseLook look = await LookAsync(cancellationToken);
            lock (_gate)
            {
                Volatile.Write(ref _last, look);
                if (look.Staleness > _worstStaleness) _worstStaleness = look.Staleness;
            }

            if (_isBlind) _logger.WatchSees();
            _isBlind = false;
        }
        catch (Exception exception) when (exception is not OperationCanceledException || !cancellationToken.IsCancellationRequested)
        {
            await DropConnectionAsync();
            if (!_isBlind) _logger.WatchBlind(_options.Interval, exception is NpgsqlException refusal ? StoreErrors.Describe(refusal).Message : exception.Message);
            _isBlind = true;
        }
    }

    private async Task<DatabaseLook> LookAsync(CancellationToken cancellationToken)
    {
        bool isKept = _connection is not null;
        try
        {
            return await LookAsync(await ConnectAsync(cancellationToken), cancellationToken);
        }
        catch (NpgsqlException) when (isKept)
        {
            // The connection was closed since the last look; that says nothing of the server.
            await DropConnectionAsync();
            return await LookAsync(await ConnectAsync(cancellationToken), cancellationToken);
        }
    }

    /// <summary>Opens the connection, unless it is open and leads to the primary.</summary>
    private async Task<NpgsqlConnection> ConnectAsync(CancellationToken cancellationToken)
    {
        if (Routes.Primary(_servers.States) is not (var place and >= 0)) throw new NoServerException("no server takes writes");
        string server = _servers.Servers[place].Name;
        if (_connection is not null && _server == server) return _connection;
        await DropConnectionAsync();
        if (_server != server) (_before, _slowAt) = (null, null);
        _dataSource = new DataSourceFactory(_postgres, _loggers).CreateWatch(server);
        _connection = await _dataSource.OpenConnectionAsync(cancellationToken);
        _server = server;
        return _connection;
    }

    private async Task DropConnectionAsync()
    {
        if (_connection is not null) await _connection.DisposeAsync();
        if (_dataSource is not null) await _dataSource.DisposeAsync();
        (_connection, _dataSource) = (null, null);
    }

    private async Task<DatabaseLook> LookAsync(NpgsqlConnection connection, CancellationToken cancellationToken)
    {
        DatabaseCounts counts = await DatabaseStatistics.ReadCountsAsync(connection, cancellationToken);
        long now = _time.GetTimestamp();
        var unavailable = new List<string>();
        if (!counts.SeesOthers) unavailable.Add($"What sessions of other accounts do: GRANT pg_read_all_stats TO {counts.Account}.");
        (IReadOnlyList<BlockedSession> Blocked, int Waiting) locks = await TryAsync(
            connection, unavailable, "Who waits for locks", counts.Account, "pg_monitor", ([], 0), () => DatabaseStatistics.ReadBlockedAsync(connection, cancellationToken));
        long? wal = await TryAsync(connection, unavailable, "The rate of the write-ahead log", counts.Account, "pg_monitor", null, () => DatabaseStatistics.ReadWalAsync(connection, cancellationToken));
        IReadOnlyList<ReportFreshness> reports = await TryAsync(
            connection, unavailable, "How fresh the reports are", counts.Account, "USAGE ON SCHEMA claims and SELECT ON claims.report_state", [], () => DatabaseStatistics.ReadReportsAsync(connection, cancellationToken));
        long? quarantined = await TryAsync(
            connection, unavailable, "How many files are quarantined", counts.Account, "USAGE ON SCHEMA claims and SELECT ON claims.claim_file", null, () => DatabaseStatistics.CountQuarantinedAsync(connection, cancellationToken));
        if (_slowAt is not { } slowAt || _time.GetElapsedTime(slowAt, now) >= _slowly)
        {
            await LookSlowlyAsync(connection, counts.Account, cancellationToken);
            _slowAt = now;
        }

        (double? hits, double? rate) = Compare(counts, wal, now);
        var reading = new DatabaseWatchReading(
            _time.GetUtcNow(), locks.Blocked, counts.Deadlocks, hits, rate, _tables.Bytes, _tables.Tables, _statements, [.. unavailable, .. _slowUnavailable]);
        return new DatabaseLook(reading, locks.Waiting, reports, quarantined, wal is null ? null : _walBytes, now);
    }

    private async Task LookSlowlyAsync(NpgsqlConnection connection, string account, CancellationToken cancellationToken)
    {
        var unavailable = new List<string>();
        _tables = await TryAsync(connection, unavailable, "The sizes of tables", account, "pg_monitor", _tables, () => DatabaseStatistics.ReadTablesAsync(connection, cancellationToken));
        _statements = await TryAsync(connection, unavailable, "Slow statements", account, "pg_read_all_stats", [], async () =>
        {
            if (await DatabaseStatistics.FindStatementsAsync(connection, cancellationToken) is { } at) return await DatabaseStatistics.ReadStatementsAsync(connection, at, cancellationToken);
            unavailable.Add("Slow statements: add pg_stat_statements to shared_preload_libraries of the server, start it anew, and CREATE EXTENSION pg_stat_statements in this database.");
            return [];
        });
        _slowUnavailable = unavailable;

        // At the start nobody may have been able to ask.
        if (_schema.Found is null) await _schema.TryReadAsync(connection, cancellationToken);
    }

    /// <summary>What happened since the look before, on the same server.</summary>
    private (double? Hits, double? WalRate) Compare(DatabaseCounts counts, long? wal, long now)
    {
        (double? Hits, double? WalRate) change = (null, null);
        if (_before is { } before)
        {
            long hits = counts.BlocksHit - before.Counts.BlocksHit, reads = counts.BlocksRead - before.Counts.BlocksRead;
            if (hits >= 0 && reads >= 0 && hits + reads > 0) change.Hits = (double)hits / (hits + reads);
            if (wal - before.Wal is { } written and >= 0)
            {
                _walBytes += written;
                if (_time.GetElapsedTime(before.At, now) is var passed && passed > TimeSpan.Zero) change.WalRate = written / passed.TotalSeconds;
            }
        }

        _before = (counts, wal, now);
        return change;
    }

    /// <summary>Asks one question. What the server refuses is missing from the reading, with what to do; when the connection is gone, the look has failed.</summary>
    private static async Task<T> TryAsync<T>(NpgsqlConnection connection, List<string> unavailable, string what, string account, string grant, T otherwise, Func<Task<T>> ask)
    {
        try
        {
            return await ask();
        }
        catch (PostgresException refusal) when (connection.FullState.HasFlag(System.Data.ConnectionState.Open))
        {
            unavailable.Add(refusal.SqlState switch
            {
                PostgresErrorCodes.InsufficientPrivilege => $"{what}: GRANT {grant} TO {account}.",
                PostgresErrorCodes.QueryCanceled => $"{what}: the server did not say within 2 s; the next look asks again.",
                PostgresErrorCodes.LockNotAvailable => $"{what}: a table is locked; the next look asks again.",
                PostgresErrorCodes.ObjectNotInPrerequisiteState => $"{what}: add pg_stat_statements to shared_preload_libraries of the server and start it anew.",
                _ => $"{what}: {StoreErrors.Reason(refusal)}.",
            });
            return otherwise;
        }
    }
}
