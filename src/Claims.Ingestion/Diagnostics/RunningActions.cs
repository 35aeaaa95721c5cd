using Microsoft.Extensions.Hosting;

namespace Claims.Ingestion.Diagnostics;

/// <summary>The actions that were begun and have not ended. When the host stops they are ended, with the reason recorded, before what they need stops.</summary>
internal sealed class RunningActions : IHostedService, IDisposable
{
    private readonly Lock _gate = new();
    private readonly CancellationTokenSource _stop = new();
    private readonly HashSet<Task> _running = [];
    private int _isDisposed;

    public RunningActions() => Stopping = _stop.Token;

    /// <summary>Cancelled when the host stops.</summary>
    public CancellationToken Stopping { get; }

    public void Track(Task action)
    {
        lock (_gate) _running.Add(action);
        _ = action.ContinueWith(
            done =>
            {
                lock (_gate) _running.Remove(done);
            },
            CancellationToken.None, TaskContinuationOptions.ExecuteSynchronously, TaskScheduler.Default);
    }

    public Task StartAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public async Task StopAsync(CancellationToken cancellationToken)
    {
        await _stop.CancelAsync();
        Task[] running;
        lock (_gate) running = [.. _running];
        await Task.WhenAll(running).WaitAsync(cancellationToken).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
    }

    /// <summary>Services dispose what they hold under two names twice.</summary>
    public void Dispose()
    {
        if (Interlocked.Exchange(ref _isDisposed, 1) != 0) return;
        _stop.Cancel();
        _stop.Dispose();
    }
}
