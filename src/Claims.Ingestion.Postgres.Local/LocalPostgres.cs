using System.Globalization;
using Claims.Ingestion.Postgres.Local.Clusters;
using Npgsql;

namespace Claims.Ingestion.Postgres.Local;

/// <summary>A private PostgreSQL server that lives as long as this object, and no longer than this process.</summary>
/// <remarks>It listens on 127.0.0.1 only and lets everyone on this machine in without a password: for tests, demos and benchmarks.</remarks>
public sealed class LocalPostgres : IAsyncDisposable
{
    private static readonly TimeSpan _pollInterval = TimeSpan.FromMilliseconds(20);

    private readonly LocalPostgresOptions _options;
    private readonly Server _server;
    private readonly Lock _replicasLock = new();
    private readonly List<LocalPostgres> _replicas = [];

    // Each copy begins with a checkpoint, which may remove what another that has just begun wants to stream.
    private readonly SemaphoreSlim _copying = new(1);
    private LocalPostgres? _primary;

    private LocalPostgres(LocalPostgresOptions options, Server server, LocalPostgres? primary)
    {
        _options = options;
        _server = server;
        _primary = primary;
        Port = server.Port;
        ConnectionString = new NpgsqlConnectionStringBuilder
        {
            Host = "127.0.0.1",
            Port = server.Port,
            Username = "postgres",
            Database = "postgres",
        }.ConnectionString;
    }

    /// <summary>Gets the connection string of the superuser <c>postgres</c> to the database <c>postgres</c>.</summary>
    public string ConnectionString { get; }

    /// <summary>Gets the TCP port on 127.0.0.1. A restart keeps it.</summary>
    public int Port { get; }

    /// <summary>Gets the folder of the server's unix socket, to be used as the host of a connection string; <see langword="null"/> where there is none.</summary>
    public string? SocketDirectory => _server.SocketDirectory;

    /// <summary>Gets the server's data directory.</summary>
    public string DataDirectory => _server.DataDirectory;

    /// <summary>Gets the server's log file.</summary>
    public string LogFile => _server.LogFile;

    /// <summary>Gets the version of the server.</summary>
    public Version Version => _server.Binaries.Version;

    internal string WorkDirectory => _server.WorkDirectory;

    /// <summary>Starts a server and waits until it accepts connections.</summary>
    /// <param name="options">How to start it; <see langword="null"/> for the defaults.</param>
    /// <param name="cancellationToken">Stops the start, and what was begun of it.</param>
    /// <returns>The running server.</returns>
    /// <exception cref="PostgresNotFoundException">This machine has no PostgreSQL binaries.</exception>
    /// <exception cref="LocalPostgresException">The server could not be started; the message holds the end of its log.</exception>
    public static Task<LocalPostgres> StartAsync(LocalPostgresOptions? options = null, CancellationToken cancellationToken = default) =>
        StartAsync(options ?? new LocalPostgresOptions(), FreePort.Choose, primary: null, cancellationToken);

    /// <summary>Adds a streaming standby of this server, and waits until it streams.</summary>
    /// <param name="options">How to start it. Binaries come from this server, settings too unless they are given anew; a data directory must be empty.</param>
    /// <param name="cancellationToken">Stops the start, and what was begun of it.</param>
    /// <returns>The running replica. It is disposed with this server, if not before.</returns>
    /// <exception cref="LocalPostgresException">The replica could not be made or started.</exception>
    public async Task<LocalPostgres> AddReplicaAsync(LocalPostgresOptions? options = null, CancellationToken cancellationToken = default)
    {
        options ??= new LocalPostgresOptions();
        var merged = new LocalPostgresOptions
        {
            BinDirectory = _server.Binaries.Directory,
            DataDirectory = options.DataDirectory,
            Port = options.Port,
            StartTimeout = options.StartTimeout,
            StopTimeout = options.StopTimeout,
            TimeProvider = options.TimeProvider,
        };

        // A standby refuses to run with lower limits than its primary.
        foreach (var (name, value) in _options.Settings.Concat(options.Settings))
        {
            merged.Settings[name] = value;
        }

        await _copying.WaitAsync(cancellationToken).ConfigureAwait(false);
        LocalPostgres replica;
        try
        {
            replica = await StartAsync(merged, FreePort.Choose, this, cancellationToken).ConfigureAwait(false);
        }
        finally
        {
            _copying.Release();
        }

        lock (_replicasLock)
        {
            _replicas.Add(replica);
        }

        return replica;
    }

    /// <summary>Waits until this replica shows everything that its primary has committed by now.</summary>
    /// <param name="cancellationToken">Stops the wait.</param>
    /// <returns>A task that ends when the replica has caught up.</returns>
    /// <exception cref="InvalidOperationException">This server is not a replica.</exception>
    /// <exception cref="LocalPostgresException">The replica did not catch up within <see cref="LocalPostgresOptions.StartTimeout"/>.</exception>
    public async Task CatchUpAsync(CancellationToken cancellationToken = default)
    {
        var primary = Primary();
        const string Position = "SELECT (CASE WHEN pg_is_in_recovery() THEN pg_last_wal_replay_lsn() ELSE pg_current_wal_flush_lsn() END)::text";
        var target = (string)(await primary.ScalarAsync(Position, cancellationToken).ConfigureAwait(false))!;
        await WaitUntilAsync($"SELECT pg_last_wal_replay_lsn() >= '{target}'::pg_lsn", $"replay the log up to {target}", cancellationToken).ConfigureAwait(false);
    }

    /// <summary>Makes this replica a primary of its own.</summary>
    /// <param name="cancellationToken">Stops the wait, not the promotion.</param>
    /// <returns>A task that ends when the server takes writes.</returns>
    /// <exception cref="InvalidOperationException">This server is not a replica.</exception>
    public async Task PromoteAsync(CancellationToken cancellationToken = default)
    {
        Primary();
        await _server.PromoteAsync(cancellationToken).ConfigureAwait(false);
        _primary = null;
    }

    /// <summary>Stops the server. It can be started again by <see cref="RestartAsync"/>.</summary>
    /// <param name="mode">How it is stopped.</param>
    /// <param name="cancellationToken">Stops the wait, not the stop.</param>
    /// <returns>A task that ends when the server has stopped.</returns>
    public Task StopAsync(LocalPostgresStop mode = LocalPostgresStop.Fast, CancellationToken cancellationToken = default) =>
        _server.StopAsync(mode, cancellationToken);

    /// <summary>Starts the server again on the same port, after stopping it if it runs.</summary>
    /// <param name="mode">How it is stopped.</param>
    /// <param name="cancellationToken">Stops the wait.</param>
    /// <returns>A task that ends when the server accepts connections again.</returns>
    public async Task RestartAsync(LocalPostgresStop mode = LocalPostgresStop.Fast, CancellationToken cancellationToken = default)
    {
        await _server.StopAsync(mode, cancellationToken).ConfigureAwait(false);
        await _server.StartAsync(cancellationToken).ConfigureAwait(false);
    }

    /// <summary>Stops the replicas and the server, and removes the temporary folders; a data directory of the user's stays.</summary>
    /// <returns>A task that ends when all is stopped and removed.</returns>
    public async ValueTask DisposeAsync()
    {
        LocalPostgres[] replicas;
        lock (_replicasLock)
        {
            replicas = [.. _replicas];
            _replicas.Clear();
        }

        foreach (var replica in replicas)
        {
            await replica.DisposeAsync().ConfigureAwait(false);
        }

        await _server.DisposeAsync().ConfigureAwait(false);
        _copying.Dispose();
    }

    internal static async Task<LocalPostgres> StartAsync(LocalPostgresOptions options, Func<int> choosePort, LocalPostgres? primary, CancellationToken cancellationToken)
    {
        var server = await Server.CreateAsync(options, choosePort, primary?.Port, cancellationToken).ConfigureAwait(false);
        try
        {
            await server.StartAsync(cancellationToken).ConfigureAwait(false);
            var started = new LocalPostgres(options, server, primary);
            if (primary is not null)
            {
                await started.WaitUntilAsync("SELECT EXISTS (SELECT 1 FROM pg_stat_wal_receiver WHERE status = 'streaming')", "stream from its primary", cancellationToken).ConfigureAwait(false);
            }

            return started;
        }
        catch
        {
            await server.DisposeAsync().ConfigureAwait(false);
            throw;
        }
    }

    private LocalPostgres Primary() => _primary ?? throw new InvalidOperationException("This server is not a replica.");

    private async Task WaitUntilAsync(string condition, string what, CancellationToken cancellationToken)
    {
        var clock = _options.TimeProvider;
        var start = clock.GetTimestamp();
        while (await ScalarAsync(condition, cancellationToken).ConfigureAwait(false) is not true)
        {
            if (clock.GetElapsedTime(start) > _options.StartTimeout)
            {
                throw new LocalPostgresException(string.Create(CultureInfo.InvariantCulture, $"The replica on port {Port} did not {what} within {_options.StartTimeout}."));
            }

            await Task.Delay(_pollInterval, clock, cancellationToken).ConfigureAwait(false);
        }
    }

    private async Task<object?> ScalarAsync(string sql, CancellationToken cancellationToken)
    {
        await using var connection = new NpgsqlConnection(ConnectionString + ";Pooling=false");
        await connection.OpenAsync(cancellationToken).ConfigureAwait(false);
        await using var command = new NpgsqlCommand(sql, connection);
        return await command.ExecuteScalarAsync(cancellationToken).ConfigureAwait(false);
    }
}
