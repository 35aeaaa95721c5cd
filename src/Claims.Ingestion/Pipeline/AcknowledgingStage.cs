using Claims.Ingestion.Storage;

namespace Claims.Ingestion.Pipeline;

/// <summary>
/// Tells the sources what became of their files, each facility in a lane of its own: one whose source hangs keeps no other
/// waiting, and never the stages before. What finds no place is given up: the ledger has the fate, and the next poll acknowledges.
/// </summary>
internal sealed class AcknowledgingStage(int perFacility, int overall, StageMeter meter, Action<string, Exception> onFault)
{
    /// <summary>How many acknowledgements wait at most; further ones are left to the next poll.</summary>
    internal const int MaxWaiting = 10_000;

    private readonly Lock _gate = new();
    private readonly Dictionary<string, Lane> _lanes = new(StringComparer.Ordinal);
    private readonly Queue<Lane> _ready = new();
    private readonly TaskCompletionSource _empty = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private Func<FileInFlight, FileFate, CancellationToken, Task>? _work;
    private CancellationToken _stop;
    private int _underWay;
    private int _waiting;
    private int _mostWaiting;
    private bool _isClosed;

    public string Name => meter.Stage;

    public Exception? Fault { get; private set; }

    public int Waiting
    {
        get
        {
            lock (_gate) return _waiting;
        }
    }

    public StageFlow Flow
    {
        get
        {
            lock (_gate) return new(Name, _waiting, MaxWaiting, _mostWaiting);
        }
    }

    public void Start(Func<FileInFlight, FileFate, CancellationToken, Task> work, CancellationToken cancellationToken)
    {
        lock (_gate)
        {
            _work = work;
            _stop = cancellationToken;
            StartReady();
        }

        cancellationToken.Register(GiveUpWaiting);
    }

    /// <summary>Acknowledges as soon as the facility's lane has room. It never waits.</summary>
    public void Add(FileInFlight file, FileFate fate)
    {
        lock (_gate)
        {
            if (!_isClosed && !_stop.IsCancellationRequested && _waiting < MaxWaiting)
            {
                if (!_lanes.TryGetValue(file.Facility.Id, out Lane? lane)) _lanes.Add(file.Facility.Id, lane = new Lane());
                lane.Items.Enqueue((file, fate, meter.Now));
                _mostWaiting = Math.Max(_mostWaiting, ++_waiting);
                Offer(lane);
                StartReady();
                return;
            }
        }

        file.Forget();
    }

    /// <summary>Takes nothing new and ends when everything here is acknowledged or given up.</summary>
    public Task CompleteAsync()
    {
        lock (_gate)
        {
            _isClosed = true;
            EndIfEmpty();
        }

        return _empty.Task;
    }

    /// <summary>A lane stands in the queue once, while it has something to start and room for it.</summary>
    private void Offer(Lane lane)
    {
        if (lane.IsReady || lane.Items.Count == 0 || lane.UnderWay >= perFacility) return;
        lane.IsReady = true;
        _ready.Enqueue(lane);
    }

    private void StartReady()
    {
        while (_work is not null && _underWay < overall && _ready.TryDequeue(out Lane? lane))
        {
            lane.IsReady = false;
            if (!lane.Items.TryDequeue(out (FileInFlight File, FileFate Fate, long Since) item)) continue;
            _waiting--;
            _underWay++;
            lane.UnderWay++;
            Offer(lane);
            meter.Waited(item.Since);

            // It has nothing to do with whoever gave the occasion.
            ThreadPool.UnsafeQueueUserWorkItem(_ => _ = RunAsync(lane, item.File, item.Fate), null);
        }
    }

    private async Task RunAsync(Lane lane, FileInFlight file, FileFate fate)
    {
        try
        {
            await _work!(file, fate, _stop);
        }
        catch (Exception exception)
        {
            Fault = exception;
            onFault(Name, exception);
            GiveUpWaiting();
        }
        finally
        {
            lock (_gate)
            {
                _underWay--;
                lane.UnderWay--;
                Offer(lane);
                if (lane.UnderWay == 0 && lane.Items.Count == 0) _lanes.Remove(file.Facility.Id);
                StartReady();
                EndIfEmpty();
            }
        }
    }

    /// <summary>Stopping, or broken: nothing is started any more.</summary>
    private void GiveUpWaiting()
    {
        lock (_gate)
        {
            _isClosed = true;
            foreach (Lane lane in _lanes.Values)
            {
                while (lane.Items.TryDequeue(out (FileInFlight File, FileFate Fate, long Since) item))
                {
                    _waiting--;
                    item.File.Forget();
                }
            }

            EndIfEmpty();
        }
    }

    private void EndIfEmpty()
    {
        if (_isClosed && _waiting == 0 && _underWay == 0) _empty.TrySetResult();
    }

    private sealed class Lane
    {
        public Queue<(FileInFlight File, FileFate Fate, long Since)> Items { get; } = new();

        public int UnderWay { get; set; }

        public bool IsReady { get; set; }
    }
}
