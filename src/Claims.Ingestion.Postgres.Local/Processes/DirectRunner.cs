using System.Diagnostics;

namespace Claims.Ingestion.Postgres.Local.Processes;

/// <summary>
/// Runs the commands itself, where there is no shell for a watchdog (Windows). The server is stopped when this process
/// exits in good order; after a killed process the next start clears up.
/// </summary>
internal sealed class DirectRunner : ICommandRunner
{
    private readonly IReadOnlyList<string> _stopCommand;
    private readonly SemaphoreSlim _turn = new(1, 1);
    private bool _guards;
    private int _disposed;

    public DirectRunner(IReadOnlyList<string> stopCommand)
    {
        _stopCommand = stopCommand;
        AppDomain.CurrentDomain.ProcessExit += OnProcessExit;
    }

    public void Guard() => _guards = true;

    public async Task<int> RunAsync(IReadOnlyList<string> command, CancellationToken cancellationToken)
    {
        await _turn.WaitAsync(cancellationToken).ConfigureAwait(false);
        try
        {
            // Output is not redirected: the server would inherit the pipe and keep it open.
            using var process = Process.Start(Command.Describe(command))!;
            await process.WaitForExitAsync(cancellationToken).ConfigureAwait(false);
            return process.ExitCode;
        }
        finally
        {
            _turn.Release();
        }
    }

    public async ValueTask DisposeAsync()
    {
        if (Interlocked.Exchange(ref _disposed, 1) != 0)
        {
            return;
        }

        AppDomain.CurrentDomain.ProcessExit -= OnProcessExit;
        if (_guards)
        {
            await RunAsync(_stopCommand, CancellationToken.None).ConfigureAwait(false);
        }

        _turn.Dispose();
    }

    private void OnProcessExit(object? sender, EventArgs e)
    {
        if (_guards)
        {
            using var process = Process.Start(Command.Describe(_stopCommand));
            process?.WaitForExit();
        }
    }
}
