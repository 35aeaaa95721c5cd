using System.Collections.Concurrent;
using System.Diagnostics;

namespace Claims.LoadTests.Routing;

/// <summary>Begins requests at a steady rate, however long those before them take: nothing that hangs lowers the load.</summary>
/// <param name="rate">How many begin in a second.</param>
/// <param name="request">A request: who answered it, and how long it waited for its connection.</param>
/// <param name="limit">After how long a request is given up; 5 seconds when nothing is said.</param>
/// <param name="burst">From when on so many times as many begin; never when nothing is said.</param>
internal sealed class OpenLoop(double rate, Func<CancellationToken, Task<Answer>> request, TimeSpan? limit = null, (TimeSpan From, double Factor)? burst = null)
{
    private readonly TimeSpan _limit = limit ?? TimeSpan.FromSeconds(5);

    private readonly ConcurrentQueue<Request> _done = new();
    private readonly long _start = Stopwatch.GetTimestamp();

    /// <summary>The time since the begin.</summary>
    public TimeSpan Elapsed => Stopwatch.GetElapsedTime(_start);

    /// <summary>Runs until it is stopped, and then waits for what it has begun.</summary>
    /// <returns>The requests, in the order in which they were due.</returns>
    public async Task<IReadOnlyList<Request>> RunAsync(CancellationToken stop)
    {
        var running = new List<Task>();
        for (int n = 0; !stop.IsCancellationRequested;)
        {
            for (; Due(n) <= Elapsed; n++) running.Add(RequestAsync(Due(n)));
            try
            {
                await Task.Delay(TimeSpan.FromMilliseconds(1), TimeProvider.System, stop);
            }
            catch (OperationCanceledException)
            {
                // The time is over.
            }
        }

        await Task.WhenAll(running);
        return [.. _done.OrderBy(done => done.Due)];
    }

    private TimeSpan Due(int n)
    {
        var steady = TimeSpan.FromSeconds(n / rate);
        return burst is { } more && steady > more.From ? more.From + ((steady - more.From) / more.Factor) : steady;
    }

    private async Task RequestAsync(TimeSpan due)
    {
        using var giveUp = new CancellationTokenSource(_limit);
        Task<Answer> answer = Task.Run(() => request(giveUp.Token), CancellationToken.None);
        try
        {
            Answer given = await answer.WaitAsync(_limit);
            _done.Enqueue(new Request(due, Elapsed - due, given, Error: null));
        }
        catch (Exception exception) when (exception is Npgsql.NpgsqlException or TimeoutException or OperationCanceledException or IOException or HttpRequestException)
        {
            // One that is left alone may still fail, and nobody asks why.
            _ = answer.ContinueWith(left => left.Exception, TaskScheduler.Default);
            _done.Enqueue(new Request(due, Elapsed - due, Answer: null, exception.GetType().Name));
        }
    }
}
