namespace Claims.Ingestion.Governing;

/// <summary>What the governor has decided, for those that obey, and what they do, for the governor.</summary>
internal sealed class Governed(TimeProvider time)
{
    /// <summary>Nobody rests for longer than this after a piece of work, however large it was.</summary>
    internal static readonly TimeSpan LongestRest = TimeSpan.FromSeconds(10);

    /// <summary>While it rests, a writer looks so often whether it may go on.</summary>
    private static readonly TimeSpan _look = TimeSpan.FromMilliseconds(100);

    /// <summary>So long after work the users may still meet it.</summary>
    private static readonly TimeSpan _aftermath = TimeSpan.FromSeconds(1);

    private readonly Lock _gate = new();
    private readonly Queue<TaskCompletionSource> _waiting = new();
    private GovernorLimits _limits = GovernorLimits.Of(1);
    private int _writing;
    private int _working;
    private long? _endedAt;

    /// <summary>What has to wait while it may not fill goes on.</summary>
    public event Action? MayFillAgain;

    public GovernorLimits Limits
    {
        get
        {
            lock (_gate) return _limits;
        }

        set
        {
            bool mayFillAgain;
            lock (_gate)
            {
                mayFillAgain = value.MayFill && !_limits.MayFill;
                _limits = value;
            }

            Admit(int.MaxValue);
            if (mayFillAgain) MayFillAgain?.Invoke();
        }
    }

    /// <summary>Whether somebody is at work, or was a moment ago.</summary>
    public bool IsAtWork
    {
        get
        {
            lock (_gate) return _working > 0 || (_endedAt is { } ended && time.GetElapsedTime(ended) < _aftermath);
        }
    }

    /// <summary>Whether nobody is at work, rests from it, or waits for a turn.</summary>
    public bool IsIdle
    {
        get
        {
            lock (_gate) return _working == 0 && _writing == 0 && _waiting.Count == 0;
        }
    }

    /// <summary>Does work that the users may notice.</summary>
    public async Task WorkAsync(Func<Task> work)
    {
        lock (_gate) _working++;
        try
        {
            await work();
        }
        finally
        {
            lock (_gate)
            {
                _working--;
                _endedAt = time.GetTimestamp();
            }
        }
    }

    /// <summary>Writes a batch when it is allowed, and rests afterwards, so that the users have the rest of the time.</summary>
    /// <param name="writers">How many writers there are.</param>
    /// <param name="write">The writing.</param>
    /// <param name="cancellationToken">Ends the waiting and the rest.</param>
    public async Task WriteAsync(int writers, Func<Task> write, CancellationToken cancellationToken)
    {
        await EnterAsync(writers, cancellationToken);
        try
        {
            long start = time.GetTimestamp();
            await WorkAsync(write);
            await RestAsync(time.GetElapsedTime(start), cancellationToken);
        }
        finally
        {
            lock (_gate) _writing--;
            Admit(writers);
        }
    }

    private static int Allowed(int writers, GovernorLimits limits) => Math.Max(1, (int)Math.Ceiling(Math.Round(writers * limits.WriterShare, 6)));

    private async Task EnterAsync(int writers, CancellationToken cancellationToken)
    {
        while (true)
        {
            TaskCompletionSource turn;
            lock (_gate)
            {
                if (_writing < Allowed(writers, _limits))
                {
                    _writing++;
                    return;
                }

                turn = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
                _waiting.Enqueue(turn);
            }

            await turn.Task.WaitAsync(cancellationToken);
        }
    }

    /// <summary>Lets all that wait look again. There are as many as writers, at most.</summary>
    private void Admit(int count)
    {
        lock (_gate)
        {
            for (; count > 0 && _waiting.TryDequeue(out TaskCompletionSource? turn); count--) turn.TrySetResult();
        }
    }

    private async Task RestAsync(TimeSpan worked, CancellationToken cancellationToken)
    {
        long since = time.GetTimestamp();
        while (true)
        {
            double pace = Limits.Pace;
            TimeSpan rest = TimeSpan.FromTicks(Math.Min(LongestRest.Ticks, (long)(worked.Ticks * ((1 / pace) - 1)))) - time.GetElapsedTime(since);
            if (rest <= TimeSpan.Zero) return;
            await Task.Delay(rest < _look ? rest : _look, time, cancellationToken);
        }
    }
}
