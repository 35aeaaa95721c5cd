namespace Claims.Ingestion.Scheduling;

/// <summary>Tasks that have begun and have not ended.</summary>
internal sealed class RunningTasks
{
    private readonly Lock _gate = new();
    private readonly HashSet<Task> _tasks = [];

    public void Add(Task task)
    {
        lock (_gate) _tasks.Add(task);
        _ = task.ContinueWith(
            done =>
            {
                lock (_gate) _tasks.Remove(done);
            },
            CancellationToken.None, TaskContinuationOptions.ExecuteSynchronously, TaskScheduler.Default);
    }

    /// <summary>Ends when none runs, whatever became of them.</summary>
    public async Task WhenDoneAsync()
    {
        while (true)
        {
            // One that has ended may not be removed yet: waiting for it would not wait at all.
            Task[] running;
            lock (_gate) running = [.. _tasks.Where(task => !task.IsCompleted)];
            if (running.Length == 0) return;
            await Task.WhenAll(running).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }
    }
}
