namespace Claims.Ingestion.Pipeline;

/// <summary>
/// Admits files to the pipeline by count and by bytes. While they have to wait, the facilities share by claims; the file whose
/// turn has come is not overtaken while it does not fit yet. A file larger than the whole budget is admitted when it is alone,
/// so that nothing is too large to pass.
/// </summary>
internal sealed class FlowBudget(int maxFiles, long maxBytes, StageMeter? meter = null)
{
    private readonly Lock _gate = new();
    private readonly FairQueue<Waiter> _queue = new(new FairClock());
    private FairQueue<Waiter>.Ticket? _next;
    private int _files;
    private long _bytes;
    private int _mostFiles;
    private long _mostBytes;

    public int FilesInUse => Use.Files;

    public long BytesInUse => Use.Bytes;

    /// <summary>What is in use now, and the most that ever was.</summary>
    public (int Files, int MostFiles, long Bytes, long MostBytes) Use
    {
        get
        {
            lock (_gate) return (_files, _mostFiles, _bytes, _mostBytes);
        }
    }

    /// <summary>How many wait for their turn.</summary>
    public int Waiting
    {
        get
        {
            lock (_gate) return _queue.Count;
        }
    }

    /// <summary>Whether nothing more fits, or somebody waits: whoever comes now has to wait.</summary>
    public bool IsFull
    {
        get
        {
            lock (_gate) return _queue.Count > 0 || !HasRoom;
        }
    }

    private bool HasRoom => _files < maxFiles && _bytes < maxBytes;

    /// <summary>Waits until it is the facility's turn and one more file of this size fits.</summary>
    public async ValueTask<Reservation> ReserveAsync(string facilityId, long bytes, CancellationToken cancellationToken)
    {
        int claims = ClaimEstimate.OfBytes(bytes);
        bytes = Math.Clamp(bytes, 0, maxBytes);
        long since = meter?.Now ?? 0;
        bool hasWaited = await WaitAsync(facilityId, claims, new Waiter(bytes), cancellationToken);
        meter?.Waited(since);
        return new Reservation(this, bytes, hasWaited ? facilityId : null, claims);
    }

    /// <summary>Waits until it is the facility's turn and one more file would fit, and takes nothing. A turn counts as one claim.</summary>
    public async ValueTask WaitForTurnAsync(string facilityId, CancellationToken cancellationToken) =>
        await WaitAsync(facilityId, claims: 1, new Waiter(Bytes: null), cancellationToken);

    private async ValueTask<bool> WaitAsync(string facilityId, int claims, Waiter waiter, CancellationToken cancellationToken)
    {
        FairQueue<Waiter>.Ticket ticket;
        lock (_gate)
        {
            if (_queue.Count == 0 && TryTake(waiter)) return false;
            ticket = _queue.Enqueue(facilityId, claims, waiter);
            GrantWaiting();
        }

        await using (cancellationToken.Register(static (state, token) => ((TaskCompletionSource)state!).TrySetCanceled(token), waiter.Granted))
        {
            try
            {
                await waiter.Granted.Task;
                return true;
            }
            catch (OperationCanceledException)
            {
                lock (_gate)
                {
                    Remove(ticket);
                    GrantWaiting();
                }

                throw;
            }
        }
    }

    private bool Fits(Waiter waiter) =>
        waiter.Bytes is { } bytes ? _files < maxFiles && (_bytes + bytes <= maxBytes || _files == 0) : HasRoom;

    private bool TryTake(Waiter waiter)
    {
        if (!Fits(waiter)) return false;
        if (waiter.Bytes is not { } bytes) return true;
        _files++;
        _bytes += bytes;
        NoteMost();
        return true;
    }

    private void NoteMost()
    {
        _mostFiles = Math.Max(_mostFiles, _files);
        _mostBytes = Math.Max(_mostBytes, _bytes);
    }

    private void GrantWaiting()
    {
        while (_files < maxFiles && (_next ??= _queue.Peek()) is { } next && Fits(next.Item))
        {
            if (!next.Item.Granted.TrySetResult())
            {
                Remove(next);
                continue;
            }

            _next = null;
            _queue.Take(next);
            TryTake(next.Item);
        }
    }

    /// <summary>A waiter was cancelled: it is not charged, and stands in nobody's way.</summary>
    private void Remove(FairQueue<Waiter>.Ticket ticket)
    {
        if (_next == ticket) _next = null;
        _queue.Remove(ticket);
    }

    /// <param name="Bytes">What to take; <see langword="null"/> to take nothing when the turn has come.</param>
    private sealed record Waiter(long? Bytes)
    {
        public TaskCompletionSource Granted { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);
    }

    /// <summary>A file's share of the budget; given back once. A file that had to wait is charged to its facility by its true size.</summary>
    internal sealed class Reservation(FlowBudget budget, long bytes, string? chargedTo, int claims) : IDisposable
    {
        private long _held = bytes;
        private int _charged = claims;
        private bool _released;

        /// <summary>Corrects the share when the true size is known. It never waits: the file is here already.</summary>
        public void Resize(long actualBytes)
        {
            lock (budget._gate)
            {
                if (_released) return;
                budget._bytes += actualBytes - _held;
                budget.NoteMost();
                _held = actualBytes;
                Charge(ClaimEstimate.OfBytes(actualBytes));
                budget.GrantWaiting();
            }
        }

        public void Dispose()
        {
            lock (budget._gate)
            {
                if (_released) return;
                _released = true;
                budget._files--;
                budget._bytes -= _held;
                budget.GrantWaiting();
            }
        }

        private void Charge(int actualClaims)
        {
            if (chargedTo is not null) budget._queue.Clock.Correct(chargedTo, actualClaims - _charged);
            _charged = actualClaims;
        }
    }
}
