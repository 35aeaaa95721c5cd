using System.Diagnostics;
using System.Globalization;
using System.Net;
using System.Net.Sockets;
using System.Text;
using Npgsql;

namespace Claims.Ingestion.TestSupport;

/// <summary>A PgBouncer of its own in front of the server of the tests, on a port of 127.0.0.1. It lets everyone in, and ends with the test, or with the process.</summary>
public sealed class PgBouncer : IAsyncDisposable
{
    private const int Attempts = 5;

    // The end of its input is the end of the process that started it, however that ended. Nothing is to be saved, and on other signals some versions wait for their clients.
    private const string Script = """
        "$@" </dev/null & bouncer=$!
        exec >/dev/null 2>&1
        trap '' INT QUIT HUP TERM
        read -r end
        kill -9 "$bouncer"
        wait "$bouncer"
        rm -rf -- "$0"
        """;

    private static readonly TimeSpan StartLimit = TimeSpan.FromSeconds(30);

    private readonly Process _process;
    private readonly int _port;

    private PgBouncer(Process process, int port)
    {
        _process = process;
        _port = port;
    }

    /// <param name="connectionString">How to reach the server.</param>
    /// <param name="poolMode">What it hands out a connection for: <c>session</c> or <c>transaction</c>.</param>
    /// <param name="poolSize">How many connections it has to a database.</param>
    /// <param name="settings">Further lines of its configuration.</param>
    public static async Task<PgBouncer> StartAsync(string connectionString, string poolMode, int poolSize, params string[] settings)
    {
        string program = Find();
        for (int attempt = 1; ; attempt++)
        {
            DirectoryInfo folder = Directory.CreateTempSubdirectory("claims-pgbouncer-");
            int port = FreePort();
            string file = Path.Combine(folder.FullName, "pgbouncer.ini");
            await File.WriteAllLinesAsync(file, Configuration(new NpgsqlConnectionStringBuilder(connectionString), port, poolMode, poolSize, settings));
            (Process process, string? failure) = await TryStartAsync(folder.FullName, [program, .. Environment.IsPrivilegedProcess ? ["-u", await UserAsync()] : Array.Empty<string>(), file]);
            var started = new PgBouncer(process, port);
            if (failure is null) return started;
            await started.DisposeAsync();
            if (attempt == Attempts) throw new InvalidOperationException($"PgBouncer did not start:\n{failure}");
        }
    }

    /// <summary>Leads a connection string through it.</summary>
    public string Through(string connectionString) => new NpgsqlConnectionStringBuilder(connectionString) { Host = "127.0.0.1", Port = _port, Password = null, SslMode = SslMode.Disable }.ConnectionString;

    public async ValueTask DisposeAsync()
    {
        try
        {
            _process.StandardInput.Close();
        }
        catch (IOException)
        {
            // It is gone already.
        }

        await _process.WaitForExitAsync();
        _process.Dispose();
    }

    private static string[] Configuration(NpgsqlConnectionStringBuilder server, int port, string poolMode, int poolSize, string[] settings) =>
    [
        "[databases]",
        $"* = host={server.Host} port={server.Port} user={Quoted(server.Username)}{(server.Password is { } password ? $" password={Quoted(password)}" : "")}",
        "[pgbouncer]",
        "listen_addr = 127.0.0.1",
        string.Create(CultureInfo.InvariantCulture, $"listen_port = {port}"),
        "unix_socket_dir =",
        "auth_type = any",
        $"pool_mode = {poolMode}",
        string.Create(CultureInfo.InvariantCulture, $"default_pool_size = {poolSize}"),
        "max_client_conn = 100",
        .. settings,
    ];

    private static string Quoted(string? text) => $"'{text?.Replace("'", "''", StringComparison.Ordinal)}'";

    private static string Find() =>
        (Environment.GetEnvironmentVariable("PATH") ?? "").Split(Path.PathSeparator, StringSplitOptions.RemoveEmptyEntries)
            .Concat(["/usr/sbin", "/usr/local/sbin", "/usr/local/bin", "/opt/homebrew/bin"])
            .Select(folder => Path.Combine(folder, "pgbouncer"))
            .FirstOrDefault(File.Exists)
        ?? throw new InvalidOperationException("PgBouncer was not found. Install the package pgbouncer (apt-get, dnf, apk or brew); test.sh does it by itself.");

    // It refuses to run as root, and changes to a user that it is told.
    private static async Task<string> UserAsync()
    {
        using Process id = Process.Start(new ProcessStartInfo("id", ["-u", "postgres"]) { RedirectStandardOutput = true, RedirectStandardError = true })!;
        await id.WaitForExitAsync();
        return id.ExitCode == 0 ? "postgres" : "nobody";
    }

    private static int FreePort()
    {
        using var socket = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        socket.Bind(new IPEndPoint(IPAddress.Loopback, 0));
        return ((IPEndPoint)socket.LocalEndPoint!).Port;
    }

    /// <returns>The process, and what it said if it did not start.</returns>
    private static async Task<(Process Process, string? Failure)> TryStartAsync(string folder, string[] command)
    {
        var log = new StringBuilder();
        var isUp = new TaskCompletionSource<bool>(TaskCreationOptions.RunContinuationsAsynchronously);
        Process process = Process.Start(new ProcessStartInfo("sh", ["-c", Script, folder, .. command]) { RedirectStandardInput = true, RedirectStandardError = true })!;
        process.ErrorDataReceived += (_, line) =>
        {
            lock (log) log.AppendLine(line.Data);
            if (line.Data is null) isUp.TrySetResult(false);
            else if (line.Data.Contains("process up:", StringComparison.Ordinal)) isUp.TrySetResult(true);
        };
        process.BeginErrorReadLine();
        bool hasStarted = await isUp.Task.WaitAsync(StartLimit);
        lock (log) return (process, hasStarted ? null : log.ToString());
    }
}
