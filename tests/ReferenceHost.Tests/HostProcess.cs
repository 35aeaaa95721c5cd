using System.Diagnostics;
using System.Net;
using System.Net.Sockets;
using System.Text;

namespace ReferenceHost.Tests;

/// <summary>The real program, in a process of its own.</summary>
internal sealed class HostProcess : IDisposable
{
    private readonly Process _process;
    private readonly StringBuilder _output = new();

    private HostProcess(Process process)
    {
        _process = process;
        process.OutputDataReceived += (_, line) => Append(line.Data);
        process.ErrorDataReceived += (_, line) => Append(line.Data);
        process.BeginOutputReadLine();
        process.BeginErrorReadLine();
    }

    public string Output
    {
        get
        {
            lock (_output) return _output.ToString();
        }
    }

    public string LastLine => Output.TrimEnd().Split('\n')[^1].TrimEnd('\r');

    public int Id => _process.Id;

    public int ExitCode => _process.ExitCode;

    public bool HasExited => _process.HasExited;

    public static HostProcess Start(string? connectionString, IDictionary<string, string>? environment, params string[] arguments)
    {
        string program = Path.Combine(AppContext.BaseDirectory, "ReferenceHost.dll");
        var start = new ProcessStartInfo("dotnet", [program, .. arguments])
        {
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            WorkingDirectory = Path.GetTempPath(),
        };
        start.Environment.Remove("ConnectionStrings__Claims");
        if (connectionString is not null) start.Environment["ConnectionStrings__Claims"] = connectionString;
        foreach ((string name, string value) in environment ?? new Dictionary<string, string>()) start.Environment[name] = value;
        return new HostProcess(Process.Start(start)!);
    }

    /// <summary>Runs the program to its end.</summary>
    public static async Task<HostProcess> RunAsync(string? connectionString, IDictionary<string, string>? environment, params string[] arguments)
    {
        var host = Start(connectionString, environment, arguments);
        await host.WaitForExitAsync();
        return host;
    }

    public static int FreePort()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        return ((IPEndPoint)listener.LocalEndpoint).Port;
    }

    public async Task WaitForExitAsync()
    {
        using var limit = new CancellationTokenSource(TimeSpan.FromMinutes(3));
        await _process.WaitForExitAsync(limit.Token);
        _process.WaitForExit();
    }

    public void Kill() => _process.Kill();

    /// <summary>Asks the program to stop, as Ctrl-C does.</summary>
    public async Task InterruptAsync()
    {
        await SignalAsync("INT");
        await WaitForExitAsync();
    }

    /// <summary>Asks the program to stop, as an orchestrator does; also where Ctrl-C is ignored, as in the background of a shell.</summary>
    public async Task TerminateAsync()
    {
        await SignalAsync("TERM");
        await WaitForExitAsync();
    }

    /// <summary>Freezes the program in the middle of whatever it does, until <see cref="ThawAsync"/>.</summary>
    public Task FreezeAsync() => SignalAsync("STOP");

    public Task ThawAsync() => SignalAsync("CONT");

    public void Dispose()
    {
        if (!_process.HasExited) _process.Kill();
        _process.Dispose();
    }

    private async Task SignalAsync(string name)
    {
        using Process signal = Process.Start("kill", [$"-{name}", $"{_process.Id}"]);
        await signal.WaitForExitAsync();
    }

    private void Append(string? line)
    {
        if (line is null) return;
        lock (_output) _output.AppendLine(line);
    }
}
