using System.Diagnostics.CodeAnalysis;
using System.Threading.Channels;

namespace Claims.Ingestion.Pipeline;

/// <summary>
/// A bounded channel that is read in fair order of the facilities. When it is full, its writers wait; nothing is dropped. Of
/// the large items only so many are handed out at once. Waiting ones take no room: their bytes are not in memory, their number
/// is bounded by the flow budget, and the items of others must get past them.
/// </summary>
internal sealed class FairChannel<T>
{
    private readonly Lock _gate = new();
    private readonly FairQueue<T> _small;
    private readonly FairQueue<T> _large;
    private readonly LinkedList<Writer> _writers = new();
    private readonly Queue<TaskCompletionSource> _readers = new();
    private readonly int _capacity;
    private readonly int _maxLarge;
    private readonly Func<long> _maxCost;
    private int _largeUnderWay;
    private int _mostCount;
    private bool _isClosed;
    private Exception? _fault;

    /// <param name="capacity">How many items may wait, large ones aside.</param>
    /// <param name="maxLarge">How many large items are handed out at once.</param>
    /// <param name="maxCost">What the waiting items, large ones aside, may cost together, before the last of them.</param>
    public FairChannel(int capacity, int maxLarge, Func<long> maxCost)
    {
        _small = new(new FairClock());
        _large = new(_small.Clock);
        _capacity = capacity;
        _maxLarge = maxLarge;
        _maxCost = maxCost;
    }

    /// <summary>How many items are waiting at most, large ones aside.</summary>
    public int Capacity => _capacity;

    /// <summary>Whether a writer would have to wait.</summary>
    public bool IsFull
    {
        get
        {
            lock (_gate) return !HasRoom;
        }
    }

    /// <summary>The most items that ever waited.</summary>
    public int MostCount
    {
        get
        {
            lock (_gate) return _mostCount;
        }
    }

    public int Count
    {
        get
        {
            lock (_gate) return _small.Count + _large.Count;
        }
    }

    private bool HasRoom => _small.Count < _capacity && _small.Cost < _maxCost();

    /// <exception cref="ChannelClosedException">The channel is closed, or was closed while the writer waited for room.</exception>
    public async ValueTask WriteAsync(string facilityId, int cost, bool isLarge, T item, CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
        LinkedListNode<Writer> node;
        lock (_gate)
        {
            if (_isClosed) throw new ChannelClosedException(_fault);
            if (isLarge || HasRoom)
            {
                Enqueue(isLarge ? _large : _small, facilityId, cost, item);
                return;
            }

            node = _writers.AddLast(new Writer(facilityId, cost, item));
        }

        await using (cancellationToken.Register(static (state, token) => ((TaskCompletionSource)state!).TrySetCanceled(token), node.Value.Written))
        {
            try
            {
                await node.Value.Written.Task;
            }
            catch (OperationCanceledException)
            {
                lock (_gate)
                {
                    if (node.List is not null) _writers.Remove(node);
                }

                throw;
            }
        }
    }

    /// <summary>Waits until an item may be taken.</summary>
    /// <returns><see langword="false"/> when the channel is closed and nothing is left.</returns>
    public async ValueTask<bool> WaitToReadAsync(CancellationToken cancellationToken)
    {
        while (true)
        {
            cancellationToken.ThrowIfCancellationRequested();
            TaskCompletionSource wake;
            lock (_gate)
            {
                if (Next() is not null) return true;
                if (_isClosed && _large.Count == 0) return false;
                _readers.Enqueue(wake = new(TaskCreationOptions.RunContinuationsAsynchronously));
            }

            await using (cancellationToken.Register(static (state, token) => ((TaskCompletionSource)state!).TrySetCanceled(token), wake))
                await wake.Task;
        }
    }

    /// <summary>Takes the item whose turn it is. For each large one, <see cref="EndLarge"/> must follow.</summary>
    public bool TryRead([MaybeNullWhen(false)] out T item, out bool isLarge)
    {
        lock (_gate) return TryTake(Next(), out item, out isLarge);
    }

    /// <summary>Takes the item whose turn it is, unless that is a large one.</summary>
    public bool TryReadSmall([MaybeNullWhen(false)] out T item)
    {
        lock (_gate) return TryTake(Next() is { } next && _small.Peek() == next ? next : null, out item, out _);
    }

    /// <summary>A large item is done with.</summary>
    public void EndLarge()
    {
        lock (_gate)
        {
            _largeUnderWay--;
            WakeReader();
        }
    }

    /// <summary>Takes nothing new. What is here can still be read; whoever waits for room is turned away.</summary>
    public void Close(Exception? fault = null)
    {
        lock (_gate)
        {
            if (_isClosed) return;
            _isClosed = true;
            _fault = fault;
            foreach (Writer writer in _writers) writer.Written.TrySetException(new ChannelClosedException(fault));
            _writers.Clear();
            WakeReaders();
        }
    }

    /// <summary>Takes out everything that is left, whatever the limits.</summary>
    public List<T> TakeAll()
    {
        lock (_gate)
        {
            var all = new List<T>();
            while (_small.TryDequeue(out T? item) || _large.TryDequeue(out item)) all.Add(item);
            return all;
        }
    }

    private FairQueue<T>.Ticket? Next()
    {
        FairQueue<T>.Ticket? small = _small.Peek();
        FairQueue<T>.Ticket? large = _largeUnderWay < _maxLarge ? _large.Peek() : null;
        return small is null || (large is not null && large.Turn.CompareTo(small.Turn) < 0) ? large : small;
    }

    private bool TryTake(FairQueue<T>.Ticket? ticket, [MaybeNullWhen(false)] out T item, out bool isLarge)
    {
        isLarge = false;
        item = default;
        if (ticket is null) return false;
        item = ticket.Item;
        isLarge = !_small.Take(ticket);
        if (isLarge)
        {
            _large.Take(ticket);
            _largeUnderWay++;
        }
        else
        {
            AdmitWriters();
        }

        if (_isClosed) WakeReaders();
        return true;
    }

    private void Enqueue(FairQueue<T> queue, string facilityId, int cost, T item)
    {
        queue.Enqueue(facilityId, cost, item);
        _mostCount = Math.Max(_mostCount, _small.Count + _large.Count);
        WakeReader();
    }

    private void AdmitWriters()
    {
        while (HasRoom && _writers.First is { } first)
        {
            _writers.RemoveFirst();
            if (first.Value.Written.TrySetResult()) Enqueue(_small, first.Value.FacilityId, first.Value.Cost, first.Value.Item);
        }
    }

    private void WakeReader()
    {
        while (_readers.TryDequeue(out TaskCompletionSource? reader) && !reader.TrySetResult())
        {
            // That one was cancelled.
        }
    }

    private void WakeReaders()
    {
        while (_readers.Count > 0) WakeReader();
    }

    private sealed record Writer(string FacilityId, int Cost, T Item)
    {
        public TaskCompletionSource Written { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);
    }
}
