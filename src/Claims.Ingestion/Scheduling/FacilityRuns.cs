using System.Collections.Concurrent;
using Claims.Ingestion.Facilities;
using Claims.Ingestion.Governing;
using Claims.Ingestion.Pipeline;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;

namespace Claims.Ingestion.Scheduling;

/// <summary>
/// Starts the polls of the facilities that are due: at most so many at once, in fair order, each only with its lease, never two of the same facility.
/// </summary>
internal sealed class FacilityRuns : IAsyncDisposable
{
    /// <summary>How long to wait before leases are asked for again that could not be asked for.</summary>
    internal static readonly TimeSpan LeaseRetry = TimeSpan.FromSeconds(1);

    private readonly FacilityRunner _runner;
    private readonly IngestionPipeline _pipeline;
    private readonly IFacilityLease _leases;
    private readonly Governed _governed;
    private readonly SchedulingOptions _options;
    private readonly SchedulingMetrics _metrics;
    private readonly TimeProvider _time;
    private readonly ILogger<FacilityRuns> _logger;
    private readonly ConcurrentDictionary<string, FacilityEntry> _entries = new(StringComparer.Ordinal);
    private readonly CancellationTokenSource _stop = new();
    private readonly Lock _gate = new();
    private readonly DueQueue _due;
    private readonly DueQueue _backfills;
    private readonly RunningTasks _running = new();
    private readonly RunningTasks _fetching = new();
    private bool _isPumping;
    private bool _pumpAgain;
    private bool _isDraining;
    private bool _isLeaseFailing;
    private long _requests;

    public FacilityRuns(
        FacilityRunner runner, IngestionPipeline pipeline, IFacilityLease leases, Governed governed, IOptions<SchedulingOptions> options, SchedulingMetrics metrics, FacilityMetrics facilities, TimeProvider time,
        ILogger<FacilityRuns> logger)
    {
        _runner = runner;
        _pipeline = pipeline;
        _leases = leases;
        _governed = governed;
        _options = options.Value;
        _metrics = metrics;
        _time = time;
        _logger = logger;
        _due = new DueQueue(_options.MaxConcurrentFacilities, _options.MaxConcurrentPerGateway);
        _backfills = new DueQueue(_options.MaxConcurrentBackfills, _options.MaxConcurrentBackfills);
        governed.MayFillAgain += Pump;
        metrics.Observe(() => WaitingCount);
        facilities.Observe(() => _entries.Values.Select(e => e.Snapshot(pipeline.AcknowledgementErrors)));
    }

    public IReadOnlyList<FacilityState> States =>
        [.. _entries.Values.Select(e => e.Snapshot(_pipeline.AcknowledgementErrors)).OrderBy(s => s.FacilityId, StringComparer.Ordinal)];

    public int WaitingCount
    {
        get
        {
            lock (_gate) return _due.Count;
        }
    }

    public bool IsDraining
    {
        get
        {
            lock (_gate) return _isDraining;
        }
    }

    public FacilityEntry EntryOf(Facility facility)
    {
        FacilityEntry entry = _entries.GetOrAdd(facility.Id, _ => new FacilityEntry(facility));
        entry.Facility = facility;
        return entry;
    }

    public FacilityEntry? Find(string facilityId) => _entries.GetValueOrDefault(facilityId);

    /// <summary>Forgets the facilities that are gone. One that is being polled ends its poll first.</summary>
    public void Keep(IReadOnlySet<string> facilityIds)
    {
        foreach ((string id, FacilityEntry entry) in _entries)
        {
            if (!facilityIds.Contains(id) && entry.IsIdle) _entries.TryRemove(id, out _);
        }
    }

    /// <summary>Takes in what other hosts, or an earlier run of this one, know of the facilities.</summary>
    public async Task<IReadOnlyList<PollRecord>> LearnAsync(CancellationToken cancellationToken)
    {
        IReadOnlyList<PollRecord> records = await _leases.GetChangedRecordsAsync(cancellationToken);
        foreach (PollRecord record in records)
        {
            if (_entries.TryGetValue(record.FacilityId, out FacilityEntry? entry)) _runner.Learn(entry, record);
        }

        return records;
    }

    /// <summary>Has a facility polled whose slot has come, or whose host died. A slot that comes while the poll before runs is skipped and counted.</summary>
    public void Add(FacilityEntry entry, DateTimeOffset slot, PollKind kind, CancellationToken cancellationToken)
    {
        if (entry.IsPaused) return;
        if (_runner.FindBackfill(entry.Facility.Id) is { } backfill)
        {
            // It may end at once, within the call that stops it, or have ended by itself.
            entry.AfterBackfill = () => Add(entry, slot, kind, cancellationToken);
            backfill.Stop();
            if (entry.IsIdle) entry.End()?.Invoke();
            return;
        }

        if (TryEnqueue(entry, slot, kind, null, cancellationToken) is not null || kind == PollKind.TakeOver) return;
        entry.Skip();
        _metrics.SlotSkipped();
        _logger.SlotSkipped(entry.Facility.Id);
    }

    /// <summary>Polls the facility as soon as a place is free, whatever its schedule says.</summary>
    /// <returns>The tally of what was fetched and why the poll failed, or <see langword="null"/> when the facility is being polled already.</returns>
    public Task<(PollTally Tally, string? Error)?> RunAsync(Facility facility, CancellationToken cancellationToken) =>
        RunAsync(facility, PollKind.Manual, null, cancellationToken);

    /// <summary>Fetches the facility's files of a range of dates, when no poll waits.</summary>
    /// <returns>As for a poll; also <see langword="null"/> when a slot of the facility stopped it: then it is to be asked for again.</returns>
    public Task<(PollTally Tally, string? Error)?> BackfillAsync(Facility facility, DateTimeOffset from, DateTimeOffset to, CancellationToken cancellationToken) =>
        RunAsync(facility, PollKind.Backfill, (from, to), cancellationToken);

    /// <summary>Starts no poll any more until <see cref="Resume"/>, and ends when those under way, and all they fetched, are done.</summary>
    public async Task DrainAsync(CancellationToken cancellationToken)
    {
        lock (_gate) _isDraining = true;
        await WhenIdleAsync().WaitAsync(cancellationToken);
    }

    public void Resume()
    {
        lock (_gate) _isDraining = false;
        Pump();
    }

    /// <summary>Ends when no poll lists or fetches any more; what was fetched may still be on its way.</summary>
    public Task WhenFetchedAsync() => _fetching.WhenDoneAsync();

    /// <summary>Ends when nothing runs.</summary>
    public Task WhenIdleAsync() => _running.WhenDoneAsync();

    public async ValueTask DisposeAsync()
    {
        await _stop.CancelAsync();
        await WhenIdleAsync();
    }

    private async Task<(PollTally Tally, string? Error)?> RunAsync(
        Facility facility, PollKind kind, (DateTimeOffset From, DateTimeOffset To)? range, CancellationToken cancellationToken)
    {
        if (TryEnqueue(EntryOf(facility), _time.GetUtcNow(), kind, range, cancellationToken) is not { } request) return null;
        await using (cancellationToken.Register(() => GiveUp(request))) return await request.Result.Task;
    }

    private PollRequest? TryEnqueue(
        FacilityEntry entry, DateTimeOffset slot, PollKind kind, (DateTimeOffset From, DateTimeOffset To)? range, CancellationToken cancellationToken)
    {
        if (kind != PollKind.Backfill && !entry.TryBegin()) return null;
        TimeSpan interval = entry.Facility.Interval ?? _options.Interval;
        DateTimeOffset served = entry.Record.StartedAt ?? DateTimeOffset.MinValue;
        var request = new PollRequest(entry, slot, kind, cancellationToken)
        {
            Range = range,
            Rank = kind is PollKind.TakeOver ? long.MinValue : served.UtcTicks - (entry.Facility.Priority * interval.Ticks),
            Number = Interlocked.Increment(ref _requests),
            DueSince = _time.GetTimestamp(),
        };
        lock (_gate) QueueOf(request).Add(request);
        Pump();
        return request;
    }

    private DueQueue QueueOf(PollRequest request) => request.Kind == PollKind.Backfill ? _backfills : _due;

    /// <summary>Forgets the slots that wait: the host is stopping, and they are caught up after the next start.</summary>
    public void ForgetWaiting()
    {
        lock (_gate)
        {
            foreach (PollRequest request in _due.RemoveAll(r => r.Kind is PollKind.Scheduled or PollKind.TakeOver)) request.Entry.End();
        }
    }

    /// <summary>Who asked for it does not want it any more. A poll under way hears of it by its token.</summary>
    private void GiveUp(PollRequest request)
    {
        lock (_gate)
        {
            if (!QueueOf(request).Remove(request)) return;
        }

        if (request.Kind != PollKind.Backfill) request.Entry.End();
        request.Result.TrySetCanceled(request.Token);
    }

    /// <summary>Starts what can be started. It never waits: one at a time works, the others leave word.</summary>
    private void Pump()
    {
        lock (_gate)
        {
            _pumpAgain = true;
            if (_isPumping) return;
            _isPumping = true;
        }

        // It works for all: what it starts has nothing to do with whoever gave the occasion.
        using (ExecutionContext.SuppressFlow()) _running.Add(PumpAsync());
    }

    private async Task PumpAsync()
    {
        await Task.Yield();
        while (true)
        {
            List<PollRequest> startable;
            lock (_gate)
            {
                if (!_pumpAgain || _stop.IsCancellationRequested)
                {
                    _isPumping = false;
                    return;
                }

                _pumpAgain = false;
                startable = _isDraining ? [] : _due.TakeStartable();
                if (startable.Count == 0 && _due.Count == 0 && !_isDraining && _governed.Limits.MayFill) startable = TakeBackfills();
            }

            if (startable.Count > 0) await StartAsync(startable);
        }
    }

    /// <summary>A back-fill begins only now, so that it keeps no poll of its facility waiting; one whose facility is busy is given back.</summary>
    private List<PollRequest> TakeBackfills()
    {
        List<PollRequest> backfills = _backfills.TakeStartable();
        foreach (PollRequest busy in backfills.Where(b => !b.Entry.TryBegin()).ToArray())
        {
            backfills.Remove(busy);
            _backfills.Free(busy);
            busy.Result.TrySetResult(null);
        }

        return backfills;
    }

    private async Task StartAsync(List<PollRequest> requests)
    {
        IReadOnlyList<LeaseGrant> grants;
        foreach (PollRequest request in requests) request.AskedAt = _time.GetTimestamp();
        try
        {
            grants = await _leases.AcquireAsync([.. requests.Select(r => r.ToLeaseRequest(r.Facility.Interval ?? _options.Interval))], _stop.Token);
            _isLeaseFailing = false;
        }
        catch (Exception exception)
        {
            await PutBackAsync(requests, exception);
            return;
        }

        Dictionary<string, LeaseGrant> byFacility = grants.ToDictionary(g => g.Lease.FacilityId, StringComparer.Ordinal);
        foreach (PollRequest request in requests)
        {
            if (byFacility.TryGetValue(request.Facility.Id, out LeaseGrant? grant))
            {
                _running.Add(RunAsync(request, grant));
                continue;
            }

            FreePlace(request);
            request.Entry.End();
            request.Result.TrySetResult(null);
            Pump();
        }
    }

    /// <summary>The leases could not be asked for. Who asked for a poll is told; slots wait and are tried again.</summary>
    private async Task PutBackAsync(List<PollRequest> requests, Exception exception)
    {
        if (!_stop.IsCancellationRequested && !_isLeaseFailing) _logger.LeasesUnavailable(LeaseRetry, exception.Message);
        _isLeaseFailing = true;
        foreach (PollRequest request in requests)
        {
            FreePlace(request);
            if (request.Kind is PollKind.Scheduled or PollKind.TakeOver && !request.Token.IsCancellationRequested && !_stop.IsCancellationRequested)
            {
                lock (_gate) _due.Add(request);
                continue;
            }

            request.Entry.End();
            var tally = new PollTally();
            tally.EndListing();
            request.Result.TrySetResult((tally, $"Facility {request.Facility.Id}: {exception.Message}. The poll was not begun; try again when that is mended."));
        }

        await Task.Delay(LeaseRetry, _time, _stop.Token).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        lock (_gate) _pumpAgain = true;
    }

    private async Task RunAsync(PollRequest request, LeaseGrant grant)
    {
        var fetching = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        _fetching.Add(fetching.Task);
        await Task.Yield();
        bool hasPlace = true;
        Action tell;
        try
        {
            tell = await _runner.RunAsync(request, grant, Free, _stop.Token);
        }
        catch (Exception exception)
        {
            // A fault of the library itself: the lease runs out, and the slot is polled once more.
            _logger.PollCrashed(request.Facility.Id, request.Entry.Record.ConsecutiveFailures + 1, exception);
            tell = () => request.Result.TrySetException(exception);
        }

        Free();
        Action? next = request.Entry.End();
        next?.Invoke();

        // Only now: who is told may ask for the next poll at once.
        tell();
        Pump();

        // The place is free for another facility as soon as this one is listed and fetched; storing goes on.
        void Free()
        {
            if (!hasPlace) return;
            hasPlace = false;
            fetching.TrySetResult();
            FreePlace(request);
            Pump();
        }
    }

    private void FreePlace(PollRequest request)
    {
        lock (_gate) QueueOf(request).Free(request);
    }
}
