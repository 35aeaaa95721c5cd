using Claims.Ingestion.Postgres.Local.Processes;

namespace Claims.Ingestion.Postgres.Local.Clusters;

/// <summary>One server with its folders, from the making of its data to its removal.</summary>
internal sealed class Server : IAsyncDisposable
{
    private const int StartAttempts = 5;

    private readonly LocalPostgresOptions _options;
    private readonly Dictionary<string, string> _settings;
    private readonly Func<int> _choosePort;
    private readonly ServerUser _user;
    private readonly WorkFolder _work;
    private readonly ControlCommands _commands;
    private readonly ICommandRunner _runner;
    private OwnerLock? _dataLock;
    private int _disposed;

    private Server(LocalPostgresOptions options, Func<int> choosePort, PostgresBinaries binaries, ServerUser user, WorkFolder work)
    {
        _options = options;
        _settings = ServerSettings.Merge(options.Settings);
        _choosePort = choosePort;
        _user = user;
        _work = work;
        Binaries = binaries;
        KeepsData = options.DataDirectory is not null;
        DataDirectory = KeepsData ? Path.GetFullPath(options.DataDirectory!) : work.DataDirectory;
        LogFile = KeepsData ? Path.Combine(DataDirectory, "server.log") : work.ServerLog;
        _commands = new ControlCommands(binaries, user);
        var stop = _commands.Stop(DataDirectory, LocalPostgresStop.Immediate, options.StopTimeout);
        _runner = OperatingSystem.IsWindows()
            ? new DirectRunner(stop)
            : Watchdog.Start(work.Directory, DataDirectory, work.CommandLog, stop);
    }

    public PostgresBinaries Binaries { get; }

    public string DataDirectory { get; }

    public string LogFile { get; }

    public string WorkDirectory => _work.Directory;

    public string? SocketDirectory => _work.SocketDirectory;

    public int Port { get; private set; }

    public bool IsRunning { get; private set; }

    private bool KeepsData { get; }

    /// <summary>Makes the server's data, by itself or as a copy of the primary on the given port. The server is not started yet.</summary>
    public static async Task<Server> CreateAsync(LocalPostgresOptions options, Func<int> choosePort, int? primaryPort, CancellationToken cancellationToken)
    {
        options.Validated();
        var found = PostgresBinaries.Find(options.BinDirectory);
        var user = ServerUser.Find();
        var work = WorkFolder.Create(WorkFolder.RootFor(user), user);
        Server? server = null;
        try
        {
            var binaries = Runnable(found, user, work);
            await work.SweepOthersAsync(directory => StopAsync(binaries, user, directory, options)).ConfigureAwait(false);
            server = new Server(options, choosePort, binaries, user, work);
            await server.MakeDataAsync(primaryPort, cancellationToken).ConfigureAwait(false);
            return server;
        }
        catch
        {
            if (server is not null)
            {
                await server.DisposeAsync().ConfigureAwait(false);
            }
            else
            {
                work.Dispose();
                await work.RemoveAsync(static _ => Task.CompletedTask).ConfigureAwait(false);
            }

            throw;
        }
    }

    public async Task StartAsync(CancellationToken cancellationToken)
    {
        // A port that clients know by now must not change.
        var wanted = Port != 0 ? Port : _options.Port;
        for (var attempt = 1; ; attempt++)
        {
            var port = wanted != 0 ? wanted : _choosePort();
            var log = await TryStartAsync(port, cancellationToken).ConfigureAwait(false);
            if (log is null)
            {
                Port = port;
                IsRunning = true;
                _dataLock?.Write(PostmasterFile.Read(DataDirectory)?.Identity ?? "");
                return;
            }

            var taken = log.Contains("could not bind", StringComparison.Ordinal);
            if (!taken || wanted != 0 || attempt == StartAttempts)
            {
                throw new LocalPostgresException($"PostgreSQL {Binaries.Version} did not start{(taken ? $": port {port} is taken" : "")}. The end of its log:\n{log}");
            }
        }
    }

    public async Task StopAsync(LocalPostgresStop mode, CancellationToken cancellationToken)
    {
        if (!IsRunning)
        {
            return;
        }

        if (PostmasterFile.Read(DataDirectory)?.IsLive() == true)
        {
            await RunAsync("stop", _commands.Stop(DataDirectory, mode, _options.StopTimeout), cancellationToken).ConfigureAwait(false);
        }

        IsRunning = false;
    }

    public Task PromoteAsync(CancellationToken cancellationToken) =>
        RunAsync("become a primary", _commands.Promote(DataDirectory, _options.StartTimeout), cancellationToken);

    public async ValueTask DisposeAsync()
    {
        if (Interlocked.Exchange(ref _disposed, 1) != 0)
        {
            return;
        }

        try
        {
            await StopAsync(LocalPostgresStop.Fast, CancellationToken.None).ConfigureAwait(false);
        }
        catch (LocalPostgresException)
        {
            // It did not stop in good order: the runner's end stops it at once.
        }

        await _runner.DisposeAsync().ConfigureAwait(false);
        _dataLock?.Dispose();
        _work.Dispose();
        await _work.RemoveAsync(directory => StopAsync(Binaries, _user, directory, _options)).ConfigureAwait(false);
    }

    private static Task StopAsync(PostgresBinaries binaries, ServerUser user, string dataDirectory, LocalPostgresOptions options) =>
        Task.Run(() => Command.Succeeds(new ControlCommands(binaries, user).Stop(dataDirectory, LocalPostgresStop.Immediate, options.StopTimeout)));

    // The npm package works from anywhere, so it is copied to where the server's user can read it, with its library links made.
    private static PostgresBinaries Runnable(PostgresBinaries binaries, ServerUser user, WorkFolder work)
    {
        var copy = binaries;
        if (binaries.Package is { } package && (!package.IsLinked || !user.CanRun(binaries.Program("postgres"))))
        {
            var folder = Path.Combine(work.Directory, "binaries");
            copy = new PostgresBinaries(package.CopyTo(folder), binaries.Version, package);
            user.Own(folder);
        }

        return user.CanRun(copy.Program("postgres"))
            ? copy
            : throw new LocalPostgresException(
                $"'{copy.Program("postgres")}' cannot be run by the user {user.Name}, who runs the server. Make its folder and libraries readable for that user, or name other programs.");
    }

    private async Task MakeDataAsync(int? primaryPort, CancellationToken cancellationToken)
    {
        var isNew = !KeepsData || KeptData.IsNew(DataDirectory, Binaries, _user);
        if (primaryPort is { } port)
        {
            if (!isNew)
            {
                throw new LocalPostgresException($"The data directory '{DataDirectory}' of a replica must be empty.");
            }

            await RunAsync("be copied from its primary", _commands.Copy(DataDirectory, port), cancellationToken).ConfigureAwait(false);
        }
        else if (isNew)
        {
            await InitialiseAsync(cancellationToken).ConfigureAwait(false);
        }

        if (KeepsData)
        {
            _dataLock = await KeptData.TakeAsync(DataDirectory, _user, directory => StopAsync(Binaries, _user, directory, _options)).ConfigureAwait(false);
        }

        _runner.Guard();
    }

    private async Task InitialiseAsync(CancellationToken cancellationToken)
    {
        var log = new LogTail(_work.CommandLog);
        foreach (var command in _commands.Initialise(DataDirectory))
        {
            if (await _runner.RunAsync(command, cancellationToken).ConfigureAwait(false) == 0)
            {
                return;
            }
        }

        throw new LocalPostgresException($"initdb failed for '{DataDirectory}':\n{log.Read()}");
    }

    /// <returns>What the server logged when it did not start, or null when it did.</returns>
    private async Task<string?> TryStartAsync(int port, CancellationToken cancellationToken)
    {
        _user.Own(ServerSettings.Write(DataDirectory, _settings, port, SocketDirectory));
        var log = new LogTail(_work.CommandLog, LogFile);
        return await _runner.RunAsync(_commands.Start(DataDirectory, LogFile, _options.StartTimeout), cancellationToken).ConfigureAwait(false) == 0
            ? null
            : log.Read();
    }

    private async Task RunAsync(string what, IReadOnlyList<string> command, CancellationToken cancellationToken)
    {
        var log = new LogTail(_work.CommandLog, LogFile);
        if (await _runner.RunAsync(command, cancellationToken).ConfigureAwait(false) != 0)
        {
            throw new LocalPostgresException($"PostgreSQL {Binaries.Version} could not {what}:\n{log.Read()}");
        }
    }
}
