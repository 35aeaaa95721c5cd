namespace Claims.Ingestion.Postgres.DataSources;

/// <summary>
/// Lets a pool grow step by step. When everybody is held up for a moment, a pool opens a connection for each who comes, and each new one costs the server a process, its catalog and its plans: so the
/// moment becomes seconds. Most who wait a little get one that comes back instead.
/// </summary>
/// <param name="start">As many connections it has from the beginning.</param>
/// <param name="most">As many as the pool may have; from then on the pool itself makes people wait.</param>
/// <param name="time">The clock.</param>
internal sealed class PoolGrowth(int start, int most, TimeProvider time)
{
    /// <summary>As many connections are opened without a thought, and stay open where users wait for them.</summary>
    internal const int Small = 4;

    /// <summary>The time from one step to the next, while somebody waits. Each adds a quarter, so that any pool has grown within two seconds.</summary>
    internal static readonly TimeSpan Interval = TimeSpan.FromMilliseconds(50);

    /// <summary>What was not needed for so long has to be grown again.</summary>
    private static readonly TimeSpan _memory = TimeSpan.FromMinutes(1);

    private readonly Lock _gate = new();
    private readonly LinkedList<TaskCompletionSource> _waiting = new();
    private ITimer? _timer;
    private int _allowed = Math.Min(start, most);
    private int _held;
    private int _peak;
    private long _peakSince = time.GetTimestamp();

    /// <summary>Waits until a connection may be opened. Who has entered must leave.</summary>
    public async ValueTask EnterAsync(CancellationToken cancellationToken)
    {
        TaskCompletionSource turn;
        lock (_gate)
        {
            Forget();
            if (_held < _allowed || _allowed >= most)
            {
                Hold();
                return;
            }

            turn = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
            _waiting.AddLast(turn);
            _timer ??= time.CreateTimer(_ => Grow(), null, Interval, Interval);
        }

        try
        {
            await turn.Task.WaitAsync(cancellationToken);
        }
        catch (OperationCanceledException)
        {
            lock (_gate)
            {
                // Its turn may have come at the same moment.
                if (!_waiting.Remove(turn)) LeaveOne();
            }

            throw;
        }
    }

    public void Leave()
    {
        lock (_gate) LeaveOne();
    }

    private void Hold() => _peak = Math.Max(_peak, ++_held);

    private void LeaveOne()
    {
        if (_waiting.First is not { } first)
        {
            _held--;
            return;
        }

        // It goes from hand to hand.
        _waiting.RemoveFirst();
        first.Value.SetResult();
    }

    private void Grow()
    {
        lock (_gate)
        {
            if (_waiting.Count == 0)
            {
                _timer?.Dispose();
                _timer = null;
                return;
            }

            _allowed = Math.Min(most, _allowed + Math.Max(1, _allowed / 4));
            while (_waiting.First is { } first && (_held < _allowed || _allowed >= most))
            {
                _waiting.RemoveFirst();
                Hold();
                first.Value.SetResult();
            }
        }
    }

    private void Forget()
    {
        if (time.GetElapsedTime(_peakSince) < _memory) return;
        _allowed = Math.Min(most, Math.Max(start, _peak));
        (_peak, _peakSince) = (_held, time.GetTimestamp());
    }
}
