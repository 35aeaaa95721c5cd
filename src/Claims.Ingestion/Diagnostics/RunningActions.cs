using Claims.Ingestion.Scheduling;
using Microsoft.Extensions.Hosting;

namespace Claims.Ingestion.Diagnostics;

/// <summary>The actions that were begun and have not ended. When the host stops they are ended, with the reason recorded, before what they need stops.</summary>
internal sealed class RunningActions : IHostedService, IDisposable
{
    private readonly CancellationTokenSource _stop = new();
    private readonly RunningTasks _running = new();
    private int _isDisposed;

    public RunningActions() => Stopping = _stop.Token;

    /// <summary>Cancelled when the host stops.</summary>
    public CancellationToken Stopping { get; }

    public void Track(Task action) => _running.Add(action);

    public Task StartAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public async Task StopAsync(CancellationToken cancellationToken)
    {
        await _stop.CancelAsync();
        await _running.WhenDoneAsync().WaitAsync(cancellationToken).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
    }

    /// <summary>Services dispose what they hold under two names twice.</summary>
    public void Dispose()
    {
        if (Interlocked.Exchange(ref _isDisposed, 1) != 0) return;
        _stop.Cancel();
        _stop.Dispose();
    }
}
