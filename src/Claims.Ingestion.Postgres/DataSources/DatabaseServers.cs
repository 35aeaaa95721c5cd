using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;

namespace Claims.Ingestion.Postgres.DataSources;

/// <summary>
/// The database servers that the connection string names: what each of them is, whether it answers, and how far it has come. They are asked in the background. Resolve it from the services.
/// </summary>
public sealed class DatabaseServers : IDisposable
{
    private readonly RoutingOptions _options;
    private readonly ILogger<DatabaseServers> _logger;
    private readonly TimeProvider _time;
    private readonly PrimaryTrail _trail;
    private readonly Lock _lock = new();
    private ServerState[] _states;
    private readonly DateTime[] _startedAt;
    private readonly Lazy<Task> _firstAnswers;
    private long _writableAt;
    private TaskCompletionSource _nextReport = new(TaskCreationOptions.RunContinuationsAsynchronously);

    internal DatabaseServers(IOptions<PostgresOptions> options, DataSourceMetrics metrics, TimeProvider time, ILoggerFactory loggers)
    {
        PostgresOptions settings = options.Value;
        _options = settings.Routing;
        _logger = loggers.CreateLogger<DatabaseServers>();
        _time = time;
        _trail = new PrimaryTrail(time);
        _writableAt = time.GetTimestamp();
        var factory = new DataSourceFactory(settings, loggers);
        Servers = [.. ConnectionHosts.Of(settings.ConnectionString).Select(host =>
            new Server(host, role => factory.CreatePool(role, host), () => factory.CreateProbe(host), _options, time, Report))];
        _states = [.. Servers.Select(server => ServerState.Unknown(server.Name))];
        _startedAt = new DateTime[Servers.Count];
        _firstAnswers = new Lazy<Task>(AskAllAsync);
        metrics.ObserveServers(() => States);
    }

    /// <summary>What is known of each server, in the order of the connection string.</summary>
    public IReadOnlyList<ServerState> States => Volatile.Read(ref _states);

    /// <summary>How long ago a server that takes writes answered.</summary>
    internal TimeSpan SinceWritable => _time.GetElapsedTime(Volatile.Read(ref _writableAt));

    /// <summary>Whether the primary is not known, or no replica can take reads, where there should be some.</summary>
    internal bool IsIncomplete => Servers.Count > 1 && (Routes.Primary(States) < 0 || Routes.Read(States, after: null, _options).Kind != RouteKind.Go);

    internal IReadOnlyList<Server> Servers { get; }

    /// <summary>Ends when every server was asked once.</summary>
    internal Task FirstAnswers => _firstAnswers.Value;

    /// <summary>Ends when the next server has answered, or has failed to.</summary>
    internal Task NextReport => Volatile.Read(ref _nextReport).Task;

    /// <summary>Closes the connections of every role to every server.</summary>
    public void Dispose()
    {
        foreach (Server server in Servers) server.Dispose();
    }

    internal Task AskAllAsync() => Task.WhenAll(Servers.Select(server => server.AskAsync()));

    private void Report(Server server, ServerAnswer answer)
    {
        TaskCompletionSource reported;
        lock (_lock)
        {
            int place = Enumerable.Range(0, Servers.Count).First(i => ReferenceEquals(Servers[i], server));
            ServerState before = _states[place];
            ServerState[] states = [.. _states];
            states[place] = answer.Error is { } error
                ? before with { IsReachable = false, Error = error }
                : new ServerState(server.Name, answer.Role, true, answer.Timeline, answer.Position, TimeSpan.Zero, 0, null);
            if (answer.Role == ServerRole.Primary && Routes.Primary(states) == place)
            {
                _trail.Add(answer.Position);
                Volatile.Write(ref _writableAt, _time.GetTimestamp());
            }

            if (answer.Role == ServerRole.Replica)
            {
                (TimeSpan lag, long bytes) = _trail.LagOf(answer.Position);
                states[place] = states[place] with { Lag = lag, LagBytes = bytes };
            }

            Volatile.Write(ref _states, states);
            reported = Interlocked.Exchange(ref _nextReport, new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously));
            if (HasLostItsConnections(place, before, answer)) server.DropConnections();
            Tell(before, states[place]);
        }

        reported.SetResult();
    }

    // One that is late may just be busy, and its connections are good. Those to a server that was stopped or started anew are broken, and those to one that has become something else lead to the wrong place.
    private bool HasLostItsConnections(int place, ServerState before, ServerAnswer answer)
    {
        if (answer.Error is not null) return before.IsReachable && !answer.IsLate;
        bool isOther = _startedAt[place] != default && (_startedAt[place] != answer.StartedAt || before.Role != answer.Role);
        _startedAt[place] = answer.StartedAt;
        return isOther;
    }

    private void Tell(ServerState before, ServerState now)
    {
        bool wasLate = Routes.IsLate(before, _options);
        bool isLate = Routes.IsLate(now, _options);
        if (before.IsReachable && !now.IsReachable) _logger.ServerLost(now.Name, now.Error!);
        else if (!before.IsReachable && now.IsReachable) _logger.ServerFound(now.Name, now.Role);
        if (now.IsReachable && before.Role is not ServerRole.Unknown && before.Role != now.Role) _logger.ServerChanged(now.Name, now.Role);
        if (isLate && !wasLate) _logger.ReplicaLate(now.Name, now.Lag.TotalSeconds, now.LagBytes);
        else if (!isLate && wasLate && now.IsReachable) _logger.ReplicaCaughtUp(now.Name);
    }
}
