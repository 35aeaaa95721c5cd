namespace Claims.Ingestion.Postgres.DataSources;

/// <summary>
/// Lets a pool grow by one connection at a time. A plain pool opens a connection for each who finds none, and each new one costs the server a process, its catalog and its plans: when everybody is held
/// up for a moment, or the pool has just closed what was idle, the moment becomes seconds. Here one more is opened beside those who wait, and most of them get one that comes back meanwhile.
/// </summary>
/// <param name="small">As many are opened without a thought.</param>
/// <param name="most">As many as the pool may have; from then on the pool itself makes people wait.</param>
/// <param name="openOne">Opens a connection and gives it back to the pool.</param>
/// <param name="time">The clock.</param>
internal sealed class PoolGrowth(int small, int most, Func<Task> openOne, TimeProvider time)
{
    /// <summary>As many connections are opened without a thought, and stay open where users wait for them.</summary>
    internal const int Small = 4;

    /// <summary>Whoever has waited for so long has one more opened.</summary>
    internal static readonly TimeSpan Patience = TimeSpan.FromMilliseconds(10);

    /// <summary>When an opening takes longer, the server is too slow to wait for it: others open their own, a quarter more at each step, and see for themselves.</summary>
    internal static readonly TimeSpan SlowOpening = TimeSpan.FromSeconds(1);

    private readonly Lock _gate = new();
    private readonly LinkedList<TaskCompletionSource> _waiting = new();
    private ITimer? _timer;
    private int _opening;
    private long _openingSince;
    private int _held;

    // There may be fewer, since the pool closes connections without a word: whoever finds none that is idle tells. And there may be more, when others use the pool: then the next opening finds one that is idle.
    private int _open;

    /// <summary>Waits until a connection is free, or may be opened. Who has entered must leave.</summary>
    public async ValueTask EnterAsync(CancellationToken cancellationToken)
    {
        TaskCompletionSource turn;
        lock (_gate)
        {
            if (_held >= _open && _open < small) _open++;
            if (_held < _open || _open >= most)
            {
                _held++;
                return;
            }

            turn = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
            _waiting.AddLast(turn);
            _timer ??= time.CreateTimer(_ => Grow(), null, Patience, Patience);
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

    /// <summary>Of those who have entered, one found no idle connection, and opens one of its own: there are no more than those in use. It must tell when that has ended.</summary>
    public void BeginOpening()
    {
        lock (_gate)
        {
            _open = Math.Min(_open, _held);
            CountOpening();
        }
    }

    public void EndOpening()
    {
        lock (_gate) CountEnded();
    }

    private void CountOpening()
    {
        if (_opening++ == 0) _openingSince = time.GetTimestamp();
    }

    // As long as openings end, the server is not slow.
    private void CountEnded()
    {
        _opening--;
        _openingSince = time.GetTimestamp();
    }

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
            }
            else if (_opening == 0)
            {
                CountOpening();
                _ = Task.Run(OpenOneAsync);
            }
            else if (time.GetElapsedTime(_openingSince) >= SlowOpening)
            {
                Admit(Math.Max(1, _open / 4));
            }
        }
    }

    private async Task OpenOneAsync()
    {
        int more = 1;
        try
        {
            await openOne();
        }
        catch (Exception)
        {
            // They try for themselves, and tell what they see.
            more = most;
        }

        lock (_gate)
        {
            CountEnded();
            Admit(more);
        }
    }

    private void Admit(int more)
    {
        _open = Math.Min(most, _open + more);
        while (_waiting.First is { } first && (_held < _open || _open >= most))
        {
            _waiting.RemoveFirst();
            _held++;
            first.Value.SetResult();
        }
    }
}
