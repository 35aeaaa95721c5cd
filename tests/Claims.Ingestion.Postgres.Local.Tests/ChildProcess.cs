using System.Diagnostics;
using System.Runtime.CompilerServices;

namespace Claims.Ingestion.Postgres.Local.Tests;

/// <summary>This test program run a second time, as a program that starts a server and then ends in a bad way.</summary>
internal sealed class ChildProcess : IDisposable
{
    private const string ModeVariable = "CLAIMS_LOCAL_TESTS_CHILD";
    private const string DataVariable = "CLAIMS_LOCAL_TESTS_DATA";

    private readonly Process _process;

    private ChildProcess(Process process, string[] report)
    {
        _process = process;
        ServerId = int.Parse(report[0]);
        WorkDirectory = report[1];
        ConnectionString = report[2];
        UserName = report[3];
    }

    public int ServerId { get; }

    public string WorkDirectory { get; }

    public string ConnectionString { get; }

    public string UserName { get; }

    public static async Task<ChildProcess> StartAsync(bool exits = false, string? dataDirectory = null, IReadOnlyList<string>? prefix = null)
    {
        var program = Path.ChangeExtension(typeof(ChildProcess).Assembly.Location, OperatingSystem.IsWindows() ? ".exe" : null);
        string[] command = [.. prefix ?? [], program];
        var start = new ProcessStartInfo(command[0], command[1..]) { RedirectStandardOutput = true, RedirectStandardInput = true };
        start.Environment[ModeVariable] = exits ? "exit" : "wait";
        start.Environment[DataVariable] = dataDirectory;
        var process = Process.Start(start)!;
        var report = await process.StandardOutput.ReadLineAsync(TestContext.Current.CancellationToken);
        return new ChildProcess(process, (report ?? throw new InvalidOperationException("The child ended without a report.")).Split('|'));
    }

    public async Task KillAsync(bool entireTree = false)
    {
        _process.Kill(entireTree);
        await WaitForExitAsync();
    }

    public Task WaitForExitAsync() => _process.WaitForExitAsync(TestContext.Current.CancellationToken);

    /// <summary>Kills the watchdog, as an operator who kills everything by hand would.</summary>
    public void KillWatchdog()
    {
        foreach (var process in Process.GetProcesses())
        {
            using (process)
            {
                if (Gone.ReadText($"/proc/{process.Id}/cmdline") is { } line && line.Contains("claims-pg-watchdog") && line.Contains(WorkDirectory))
                {
                    process.Kill();
                }
            }
        }
    }

    public void Dispose()
    {
        if (!_process.HasExited)
        {
            _process.Kill();
        }

        _process.Dispose();
    }

    [ModuleInitializer]
    internal static void RunAsChild()
    {
        if (Environment.GetEnvironmentVariable(ModeVariable) is { Length: > 0 } mode)
        {
            // Not disposed: that is what the tests are about.
            RunAsync(Environment.GetEnvironmentVariable(DataVariable)).GetAwaiter().GetResult();
            if (mode == "wait")
            {
                Console.In.ReadLine();
            }

            Environment.Exit(0);
        }
    }

    private static async Task RunAsync(string? dataDirectory)
    {
        var server = await LocalPostgres.StartAsync(new LocalPostgresOptions { DataDirectory = string.IsNullOrEmpty(dataDirectory) ? null : dataDirectory }, CancellationToken.None);
        var serverId = File.ReadLines(Path.Combine(server.DataDirectory, "postmaster.pid")).First();
        Console.WriteLine($"{serverId}|{server.WorkDirectory}|{server.ConnectionString}|{Environment.UserName}");
    }
}
