using System.Globalization;
using System.Runtime.CompilerServices;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using Npgsql;

namespace Claims.Ingestion.Postgres.DataSources;

/// <summary>
/// Opens the connections of one role: to the primary for writes, to a replica for reads where there is one. Resolve it from the services by its <see cref="DataSourceRole"/>.
/// </summary>
/// <remarks>
/// A connection stays with its server, so a transaction has one. Dispose it, and it goes back to the pool. With one server only, reads and writes go to that. Connections of the roles
/// <see cref="DataSourceRole.Api"/> and <see cref="DataSourceRole.Report"/> that are opened for reading refuse writes, except with <see cref="PoolerMode.Transaction"/>.
/// </remarks>
public sealed class RoleDataSource : IDisposable
{
    private static readonly TimeSpan AskAgain = TimeSpan.FromMilliseconds(1);
    private static readonly TimeSpan AnswerLimit = TimeSpan.FromMilliseconds(5);

    private readonly DatabaseServers _servers;
    private readonly PostgresOptions _options;
    private readonly PoolOptions _pool;
    private readonly DataSourceMetrics _metrics;
    private readonly TimeProvider _time;
    private readonly ILogger _logger;
    private readonly HeldConnections _held;
    private readonly SemaphoreSlim _fallback;
    private readonly ITimer? _overdue;
    private readonly int[] _busy;
    private readonly PoolGrowth[] _growth;
    private int _turn;
    private bool _hasAllowedWrites;

    internal RoleDataSource(DataSourceRole role, DatabaseServers servers, IOptions<PostgresOptions> options, DataSourceMetrics metrics, TimeProvider time, ILogger<RoleDataSource> logger)
    {
        Role = role;
        _servers = servers;
        _options = options.Value;
        _pool = _options.PoolOf(role);
        _metrics = metrics;
        _time = time;
        _logger = logger;
        _held = new HeldConnections(time);
        _busy = new int[servers.Servers.Count];

        // Pools have clocks of their own.
        _growth = [.. servers.Servers.Select(server => new PoolGrowth(Math.Max(PoolGrowth.Small, _pool.MinIdle), _pool.MaxSize, () => OpenOneAsync(server), TimeProvider.System))];
        _fallback = new SemaphoreSlim(_options.Routing.FallbackReads);

        // Ingestion writes to the primary only.
        Limit = role == DataSourceRole.Ingestion ? _pool.MaxSize : _pool.MaxSize * servers.Servers.Count;
        metrics.ObservePool(role, () => _held.Count, Limit);
        if (_pool.LeakThreshold > TimeSpan.Zero)
            _overdue = time.CreateTimer(_ => ReportOverdue(), null, _pool.LeakThreshold, TimeSpan.FromTicks(Math.Max(_pool.LeakThreshold.Ticks / 10, TimeSpan.TicksPerSecond)));
    }

    /// <summary>The role.</summary>
    public DataSourceRole Role { get; }

    /// <summary>How many of its connections somebody holds now, on all servers.</summary>
    public int Held => _held.Count;

    /// <summary>How many connections the role may have, on all servers that it uses.</summary>
    internal int Limit { get; }

    private bool HasChoice => _servers.Servers.Count > 1;

    // Where a pooler gives a connection for each transaction, a session has no settings of ours.
    private bool RefusesWrites => Role != DataSourceRole.Ingestion && _options.Pooler != PoolerMode.Transaction;

    /// <summary>Opens a connection to the primary. Where none is known, for example in the middle of a failover, it waits for one.</summary>
    /// <param name="cancellationToken">The token to cancel the opening.</param>
    /// <param name="member">Left out: the calling method, for reports of connections that are held too long.</param>
    /// <param name="file">Left out: its file.</param>
    /// <param name="line">Left out: its line.</param>
    /// <returns>The open connection; dispose it.</returns>
    /// <exception cref="PoolExhaustedException">Every connection of the role was in use for <see cref="PoolOptions.ConnectTimeout"/>.</exception>
    /// <exception cref="NoServerException">No server took writes for <see cref="PoolOptions.ConnectTimeout"/>.</exception>
    /// <exception cref="NpgsqlException">The server cannot be reached or refuses the connection.</exception>
    public async ValueTask<NpgsqlConnection> OpenPrimaryAsync(
        CancellationToken cancellationToken = default, [CallerMemberName] string member = "", [CallerFilePath] string file = "", [CallerLineNumber] int line = 0)
    {
        var opening = new Opening(_time, _pool.ConnectTimeout, member, file, line);
        if (HasChoice) await _servers.FirstAnswers.WaitAsync(cancellationToken);
        while (true)
        {
            if (Routes.Primary(_servers.States) is not (var place and >= 0))
            {
                await NextReportAsync(opening, "writes", cancellationToken);
                continue;
            }

            try
            {
                NpgsqlConnection connection = await OpenAsync(place, opening, canLeave: HasChoice, onClosed: null, cancellationToken);
                if (RefusesWrites) await AllowWritesAsync(connection, cancellationToken);
                _metrics.Waited(Role, opening.Elapsed);
                return connection;
            }
            catch (Exception exception) when (HasChoice && MayPass(exception, cancellationToken) && !opening.IsOver)
            {
                // It may be gone: then another will be the primary.
                await _servers.Servers[place].AskAsync().WaitAsync(cancellationToken);
                if (exception is not OperationCanceledException && _servers.States[place] is { IsReachable: true, Role: ServerRole.Primary }) throw;
            }
        }
    }

    /// <summary>
    /// Opens a connection for reading: to a replica that answers, is not far behind, and shows what it has to; to the primary where there is none, within <see cref="RoutingOptions.FallbackReads"/>.
    /// </summary>
    /// <param name="after">What the read has to see, besides what the current <see cref="ConsistencyScope"/> asks for.</param>
    /// <param name="cancellationToken">The token to cancel the opening.</param>
    /// <param name="member">Left out: the calling method, for reports of connections that are held too long.</param>
    /// <param name="file">Left out: its file.</param>
    /// <param name="line">Left out: its line.</param>
    /// <returns>The open connection; dispose it.</returns>
    /// <exception cref="PoolExhaustedException">Every connection of the role to the server was in use for <see cref="PoolOptions.ConnectTimeout"/>.</exception>
    /// <exception cref="NoServerException">No server could take the read for <see cref="PoolOptions.ConnectTimeout"/>.</exception>
    /// <exception cref="NpgsqlException">The server cannot be reached or refuses the connection.</exception>
    public async ValueTask<NpgsqlConnection> OpenReadAsync(
        ConsistencyToken? after = null, CancellationToken cancellationToken = default, [CallerMemberName] string member = "", [CallerFilePath] string file = "", [CallerLineNumber] int line = 0)
    {
        after = ConsistencyToken.Latest(after, ConsistencyScope.Current?.Token);
        var opening = new Opening(_time, _pool.ConnectTimeout, member, file, line);
        bool hasWaited = false;
        if (HasChoice) await _servers.FirstAnswers.WaitAsync(cancellationToken);
        while (true)
        {
            Route route = Routes.Read(opening.Without(_servers.States), after, _options.Routing);
            if (route.Kind == RouteKind.Wait && !hasWaited)
            {
                hasWaited = true;
                await WaitForAsync(after!.Value, route.Servers, cancellationToken);
                continue;
            }

            NpgsqlConnection? connection = route.Kind switch
            {
                RouteKind.Go when !HasChoice => await OpenAsync(0, opening, canLeave: false, onClosed: null, cancellationToken),
                RouteKind.Go => await OpenOnAsync(Pick(route.Servers), opening, after, cancellationToken),
                RouteKind.None => null,
                _ => await OpenInsteadAsync(opening, cancellationToken),
            };
            if (connection is not null)
            {
                // Behind a pooler no pool resets a connection that was opened for writes before.
                if (RefusesWrites && _options.Pooler == PoolerMode.Session && Volatile.Read(ref _hasAllowedWrites)) await SetReadOnlyAsync(connection, "on", cancellationToken);
                _metrics.Waited(Role, opening.Elapsed);
                _metrics.Read(Role, !HasChoice ? "only" : route.Kind == RouteKind.Go ? "replica" : "primary");
                return connection;
            }

            // A replica that failed is left out, and the others are tried at once.
            if (route.Kind == RouteKind.Go) continue;
            await NextReportAsync(opening, "the read", cancellationToken);
            hasWaited = false;
        }
    }

    /// <summary>Ends the reports of connections that are held too long. The connections belong to <see cref="DatabaseServers"/>.</summary>
    public void Dispose()
    {
        _overdue?.Dispose();
        _fallback.Dispose();
    }

    /// <summary>Reports the connections that are held too long, each once.</summary>
    internal void ReportOverdue()
    {
        foreach ((HeldConnection held, TimeSpan age) in _held.TakeOverdue(_pool.LeakThreshold))
        {
            _metrics.Overdue(Role);
            _logger.ConnectionOverdue(Role, held.Server, age.TotalSeconds, held.Opener);
        }
    }

    private static async Task SetReadOnlyAsync(NpgsqlConnection connection, string value, CancellationToken cancellationToken)
    {
        try
        {
            await using var command = new NpgsqlCommand($"SET default_transaction_read_only = {value}", connection);
            await command.ExecuteNonQueryAsync(cancellationToken);
        }
        catch
        {
            await connection.DisposeAsync();
            throw;
        }
    }

    /// <summary>Whether an attempt failed for a reason that may hold for one server only.</summary>
    private static bool MayPass(Exception exception, CancellationToken cancellationToken) => !cancellationToken.IsCancellationRequested && exception switch
    {
        PoolExhaustedException => false,
        PostgresException refusal => refusal.IsTransient,
        _ => exception is NpgsqlException or OperationCanceledException,
    };

    /// <summary>Until the connection goes back to the pool, which resets it, or, behind a pooler, is opened for reading.</summary>
    private Task AllowWritesAsync(NpgsqlConnection connection, CancellationToken cancellationToken)
    {
        Volatile.Write(ref _hasAllowedWrites, true);
        return SetReadOnlyAsync(connection, "off", cancellationToken);
    }

    /// <summary>Of the servers with the fewest connections in use, each in turn.</summary>
    private int Pick(IReadOnlyList<int> places)
    {
        int first = (int)((uint)Interlocked.Increment(ref _turn) % (uint)places.Count);
        int best = places[first];
        for (int i = 1; i < places.Count; i++)
        {
            int place = places[(first + i) % places.Count];
            if (Volatile.Read(ref _busy[place]) < Volatile.Read(ref _busy[best])) best = place;
        }

        return best;
    }

    /// <returns>A connection to a replica; <see langword="null"/> when it turned out not to answer, or not to be what it was taken for.</returns>
    private async ValueTask<NpgsqlConnection?> OpenOnAsync(int place, Opening opening, ConsistencyToken? after, CancellationToken cancellationToken)
    {
        // What was known of its place in the history may be of a time before it was started anew.
        if (!await _servers.Servers[place].AnswersAsync(cancellationToken))
        {
            opening.LeaveOut(place);
            return null;
        }

        if (Routes.Read(_servers.States, after, _options.Routing) is not { Kind: RouteKind.Go } route || !route.Servers.Contains(place)) return null;
        try
        {
            return await OpenAsync(place, opening, canLeave: true, onClosed: null, cancellationToken);
        }
        catch (Exception exception) when (MayPass(exception, cancellationToken) && !opening.IsOver)
        {
            opening.LeaveOut(place);
            return null;
        }
    }

    /// <returns>A connection to the primary in place of a replica; <see langword="null"/> when there is no primary any more.</returns>
    private async ValueTask<NpgsqlConnection?> OpenInsteadAsync(Opening opening, CancellationToken cancellationToken)
    {
        if (!await _fallback.WaitAsync(opening.Left, cancellationToken))
            throw NoServer(opening, "the read", $", and {_options.Routing.FallbackReads} reads are on the primary already (Claims:Postgres:Routing:FallbackReads)");
        int place = Routes.Primary(opening.Without(_servers.States));
        NpgsqlConnection? connection = null;
        try
        {
            if (place >= 0) connection = await OpenAsync(place, opening, canLeave: true, onClosed: () => _fallback.Release(), cancellationToken);
        }
        catch (Exception exception) when (MayPass(exception, cancellationToken) && !opening.IsOver)
        {
            opening.LeaveOut(place);
        }
        finally
        {
            if (connection is null) _fallback.Release();
        }

        return connection;
    }

    private async ValueTask<NpgsqlConnection> OpenAsync(int place, Opening opening, bool canLeave, Action? onClosed, CancellationToken cancellationToken)
    {
        Server server = _servers.Servers[place];
        NpgsqlConnection connection = server.Pool(Role).CreateConnection();
        using CancellationTokenSource? leaving = canLeave ? CancellationTokenSource.CreateLinkedTokenSource(cancellationToken, server.Lost) : null;
        Interlocked.Increment(ref _busy[place]);
        bool hasEntered = false;
        try
        {
            await _growth[place].EnterAsync(leaving?.Token ?? cancellationToken);
            hasEntered = true;
            await OpenAsync(connection, _growth[place], leaving?.Token ?? cancellationToken);
        }
        catch (Exception exception)
        {
            Interlocked.Decrement(ref _busy[place]);
            if (hasEntered) _growth[place].Leave();
            await connection.DisposeAsync();
            if (exception is NpgsqlException { InnerException: TimeoutException } && _held.CountOn(server.Name) >= _pool.MaxSize)
            {
                throw new PoolExhaustedException(
                    string.Create(
                        CultureInfo.InvariantCulture,
                        $"All {_pool.MaxSize} connections of the {Role} pool to {server.Name} are in use, and none came free within {_pool.ConnectTimeout.TotalSeconds:0.#} s. Opened by: {_held.Describe(server.Name)}. Hold them for a shorter time, or raise Claims:Postgres:{Role}:MaxSize."),
                    exception);
            }

            throw;
        }

        _held.Add(connection, server.Name, opening.Opener, () =>
        {
            Interlocked.Decrement(ref _busy[place]);
            _growth[place].Leave();
            onClosed?.Invoke();
        });
        return connection;
    }

    private static async Task OpenAsync(NpgsqlConnection connection, PoolGrowth growth, CancellationToken cancellationToken)
    {
        // One that was idle is there at once.
        Task opening = connection.OpenAsync(cancellationToken);
        if (opening.IsCompleted)
        {
            await opening;
            return;
        }

        growth.BeginOpening();
        try
        {
            await opening;
        }
        finally
        {
            growth.EndOpening();
        }
    }

    /// <summary>Opens a connection for the pool.</summary>
    private async Task OpenOneAsync(Server server)
    {
        await using NpgsqlConnection connection = server.Pool(Role).CreateConnection();
        await connection.OpenAsync(server.Lost);
    }

    /// <summary>Waits until one of the servers has reached the token, for a little.</summary>
    private async Task WaitForAsync(ConsistencyToken token, IReadOnlyList<int> places, CancellationToken cancellationToken)
    {
        long start = _time.GetTimestamp();
        while (_time.GetElapsedTime(start) < _options.Routing.TokenWait)
        {
            Task asked = Task.WhenAll(places.Select(place => _servers.Servers[place].AskAsync()));
            await Task.WhenAny(asked, Task.Delay(AnswerLimit, _time, cancellationToken));
            IReadOnlyList<ServerState> states = _servers.States;
            if (places.Any(place => token.IsReachedBy(states[place].Timeline, states[place].Position))) return;
            if (asked.IsCompleted) await Task.Delay(AskAgain, _time, cancellationToken);
        }
    }

    private async Task NextReportAsync(Opening opening, string what, CancellationToken cancellationToken)
    {
        // Whom it left out may answer again by then.
        opening.LeaveOutNobody();
        try
        {
            await _servers.NextReport.WaitAsync(opening.Left, _time, cancellationToken);
        }
        catch (TimeoutException)
        {
            throw NoServer(opening, what, "");
        }
    }

    private NoServerException NoServer(Opening opening, string what, string more)
    {
        string servers = string.Join("; ", _servers.States.Select(state => state switch
        {
            { IsReachable: false } => $"{state.Name} is not available: {state.Error}",
            { Role: ServerRole.Primary } => $"{state.Name} is the primary",
            _ => string.Create(CultureInfo.InvariantCulture, $"{state.Name} is a replica, {state.Lag.TotalSeconds:0.#} s behind"),
        }));
        return new NoServerException(string.Create(CultureInfo.InvariantCulture, $"No server could take {what} within {opening.Elapsed.TotalSeconds:0.#} s: {servers}{more}."));
    }
}
