using Microsoft.Extensions.Hosting;

namespace Claims.Ingestion.Diagnostics;

/// <summary>The actions that were begun and have not ended. When the host stops they are ended, with the reason recorded, before what they need stops.</summary>
internal sealed class RunningActions : IHostedService, IDisposable
{
    private readonly Lock _gate = new();
    private readonly CancellationTokenSource _stop = new();
    private readonly HashSet<Task> _running = [];

    /// <summary>Cancelled when the host stops.</summary>
    public CancellationToken Stopping => _stop.Token;

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

    public void Dispose()
    {
        _stop.Cancel();
        _stop.Dispose();
    }
}
