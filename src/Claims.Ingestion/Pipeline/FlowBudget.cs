namespace Claims.Ingestion.Pipeline;

/// <summary>
/// Admits files to the pipeline by count and by bytes, first come first served. A file larger than the whole budget is admitted
/// when it is alone, so that nothing is too large to pass.
/// </summary>
internal sealed class FlowBudget(int maxFiles, long maxBytes)
{
    private readonly Lock _gate = new();
    private readonly LinkedList<Waiter> _waiting = new();
    private int _files;
    private long _bytes;

    public int FilesInUse
    {
        get
        {
            lock (_gate) return _files;
        }
    }

    public long BytesInUse
    {
        get
        {
            lock (_gate) return _bytes;
        }
    }

    /// <summary>Waits until one more file of this size fits.</summary>
    public async ValueTask<Reservation> ReserveAsync(long bytes, CancellationToken cancellationToken)
    {
        bytes = Math.Clamp(bytes, 0, maxBytes);
        LinkedListNode<Waiter> node;
        lock (_gate)
        {
            if (_waiting.Count == 0 && TryTake(bytes)) return new Reservation(this, bytes);
            node = _waiting.AddLast(new Waiter(bytes));
        }

        await using (cancellationToken.Register(static state => ((Waiter)state!).Granted.TrySetCanceled(), node.Value))
        {
            try
            {
                return await node.Value.Granted.Task;
            }
            catch (OperationCanceledException)
            {
                lock (_gate)
                {
                    if (node.List is not null) _waiting.Remove(node);
                    GrantWaiting();
                }

                throw new OperationCanceledException(cancellationToken);
            }
        }
    }

    private bool TryTake(long bytes)
    {
        if (_files >= maxFiles || (_bytes + bytes > maxBytes && _files > 0)) return false;
        _files++;
        _bytes += bytes;
        return true;
    }

    private void GrantWaiting()
    {
        while (_waiting.First is { } first && TryTake(first.Value.Bytes))
        {
            _waiting.RemoveFirst();
            if (!first.Value.Granted.TrySetResult(new Reservation(this, first.Value.Bytes)))
                GiveBack(first.Value.Bytes);
        }
    }

    private void GiveBack(long bytes)
    {
        _files--;
        _bytes -= bytes;
    }

    private sealed record Waiter(long Bytes)
    {
        public TaskCompletionSource<Reservation> Granted { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);
    }

    /// <summary>A file's share of the budget; given back once.</summary>
    internal sealed class Reservation(FlowBudget budget, long bytes) : IDisposable
    {
        private long _held = bytes;
        private bool _released;

        /// <summary>Corrects the share when the true size is known. It never waits: the file is here already.</summary>
        public void Resize(long actualBytes)
        {
            lock (budget._gate)
            {
                if (_released) return;
                budget._bytes += actualBytes - _held;
                _held = actualBytes;
                budget.GrantWaiting();
            }
        }

        public void Dispose()
        {
            lock (budget._gate)
            {
                if (_released) return;
                _released = true;
                budget.GiveBack(_held);
                budget.GrantWaiting();
            }
        }
    }
}
