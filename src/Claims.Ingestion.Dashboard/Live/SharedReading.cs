namespace Claims.Ingestion.Dashboard.Live;

/// <summary>Reads something again and again while somebody looks at it, once for all who do.</summary>
/// <param name="read">Reads it.</param>
/// <param name="every">The time between two readings.</param>
/// <param name="time">The clock.</param>
internal sealed class SharedReading<T>(Func<CancellationToken, Task<T>> read, TimeSpan every, TimeProvider time)
    where T : class
{
    /// <summary>A reading that takes longer is given up.</summary>
    internal static readonly TimeSpan Limit = TimeSpan.FromSeconds(10);

    private readonly Lock _gate = new();
    private readonly List<Action> _viewers = [];
    private CancellationTokenSource? _stop;
    private long? _asked;
    private Reading<T> _latest = new(null, null, null);

    public Reading<T> Latest
    {
        get
        {
            lock (_gate) return _latest;
        }
    }

    public bool IsWatched
    {
        get
        {
            lock (_gate) return _viewers.Count > 0;
        }
    }

    private TimeSpan? SinceAsked
    {
        get
        {
            lock (_gate) return _asked is { } asked ? time.GetElapsedTime(asked) : null;
        }
    }

    /// <summary>Looks at it until the result is disposed of.</summary>
    public IDisposable Watch(Action changed)
    {
        lock (_gate)
        {
            _viewers.Add(changed);
            if (_stop is null)
            {
                _stop = new CancellationTokenSource();
                _ = RunAsync(_stop.Token);
            }
        }

        return new Viewer(() => Leave(changed));
    }

    /// <summary>Reads it now, to the end, whoever leaves meanwhile: a page is rendered once before it is connected, and what was asked for then is there when it is.</summary>
    public async Task ReadAsync()
    {
        using var limit = new CancellationTokenSource(Limit, time);
        Reading<T> reading;
        lock (_gate) _asked = time.GetTimestamp();
        try
        {
            T value = await read(limit.Token).WaitAsync(limit.Token);
            reading = new(value, time.GetUtcNow(), null);
        }
        catch (OperationCanceledException) when (limit.IsCancellationRequested)
        {
            reading = Latest with { Error = $"No answer within {Limit.TotalSeconds:F0} s." };
        }
        catch (Exception exception)
        {
            reading = Latest with { Error = exception.Message };
        }

        Action[] viewers;
        lock (_gate)
        {
            _latest = reading;
            viewers = [.. _viewers];
        }

        foreach (Action viewer in viewers) viewer();
    }

    private async Task RunAsync(CancellationToken cancellationToken)
    {
        // The first one who looks does not wait for the reading.
        await Task.Yield();
        while (true)
        {
            // Nor do those who come and go make it read more often.
            if (every - SinceAsked is { } rest && rest > TimeSpan.Zero) await Task.Delay(rest, time, cancellationToken).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            if (cancellationToken.IsCancellationRequested) return;
            await ReadAsync();
        }
    }

    private void Leave(Action changed)
    {
        lock (_gate)
        {
            _viewers.Remove(changed);
            if (_viewers.Count > 0) return;
            _stop?.Cancel();
            _stop = null;
        }
    }
}
