namespace Claims.Ingestion.Polling;

/// <summary>
/// Cancels a poll that takes too long. The time in which the poll only waits for room in the pipeline does not count; while
/// one of its downloads is under way it does, so that a download that hangs ends and gives back the room that others wait for.
/// </summary>
internal sealed class PollDeadline : IDisposable
{
    private readonly Lock _gate = new();
    private readonly TimeProvider _time;
    private readonly CancellationTokenSource _timeout;
    private readonly CancellationTokenSource _linked;
    private TimeSpan _left;
    private long _runningSince;
    private bool _isStopped;
    private int _waiting;
    private int _working;

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

    /// <summary>One more download waits. The clock stops when nothing else is under way.</summary>
    public void Pause() => Change(waiting: 1, working: 0);

    public void Resume() => Change(waiting: -1, working: 0);

    /// <summary>A download is under way until the result is disposed: the clock runs whoever waits.</summary>
    public Work BeginWork()
    {
        Change(waiting: 0, working: 1);
        return new Work(this);
    }

    public void Dispose()
    {
        _linked.Dispose();
        _timeout.Dispose();
    }

    private void Change(int waiting, int working)
    {
        lock (_gate)
        {
            _waiting += waiting;
            _working += working;
            bool isStopped = _waiting > 0 && _working == 0;
            if (isStopped == _isStopped) return;
            _isStopped = isStopped;
            if (isStopped)
            {
                _left -= _time.GetElapsedTime(_runningSince);
                if (_left > TimeSpan.Zero) _timeout.CancelAfter(Timeout.InfiniteTimeSpan);
            }
            else
            {
                _runningSince = _time.GetTimestamp();
                _timeout.CancelAfter(_left > TimeSpan.Zero ? _left : TimeSpan.Zero);
            }
        }
    }

    internal readonly struct Work(PollDeadline deadline) : IDisposable
    {
        public void Dispose() => deadline.Change(waiting: 0, working: -1);
    }
}
