namespace Claims.Ingestion.Polling;

/// <summary>Cancels a poll that takes too long. The time in which the poll waits for room in the pipeline does not count.</summary>
internal sealed class PollDeadline : IDisposable
{
    private readonly Lock _gate = new();
    private readonly TimeProvider _time;
    private readonly CancellationTokenSource _timeout;
    private readonly CancellationTokenSource _linked;
    private TimeSpan _left;
    private long _runningSince;
    private int _waiting;

    public PollDeadline(TimeSpan timeout, TimeProvider time, CancellationToken cancellationToken)
    {
        _time = time;
        _left = timeout;
        _runningSince = time.GetTimestamp();
        _timeout = new CancellationTokenSource(timeout, time);
        _linked = CancellationTokenSource.CreateLinkedTokenSource(_timeout.Token, cancellationToken);
    }

    public CancellationToken Token => _linked.Token;

    public bool HasPassed => _timeout.IsCancellationRequested;

    /// <summary>Stops the clock while at least one download waits.</summary>
    public void Pause()
    {
        lock (_gate)
        {
            if (_waiting++ > 0) return;
            _left -= _time.GetElapsedTime(_runningSince);
            if (_left > TimeSpan.Zero) _timeout.CancelAfter(Timeout.InfiniteTimeSpan);
        }
    }

    public void Resume()
    {
        lock (_gate)
        {
            if (--_waiting > 0) return;
            _runningSince = _time.GetTimestamp();
            _timeout.CancelAfter(_left > TimeSpan.Zero ? _left : TimeSpan.Zero);
        }
    }

    public void Dispose()
    {
        _linked.Dispose();
        _timeout.Dispose();
    }
}
