using System.Collections.Concurrent;
using Claims.Ingestion.Facilities;
using Claims.Ingestion.Pipeline;
using Claims.Ingestion.Polling;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;

namespace Claims.Ingestion.Scheduling;

/// <summary>Runs polls: at most so many facilities at once, never two of the same facility, and remembers how each went.</summary>
internal sealed class FacilityRuns(
    FacilityPoll poll, IngestionPipeline pipeline, IOptions<SchedulingOptions> options, TimeProvider time, ILogger<FacilityRuns> logger) : IDisposable
{
    private readonly ConcurrentDictionary<string, Entry> _entries = new(StringComparer.Ordinal);
    private readonly SemaphoreSlim _places = new(options.Value.MaxConcurrentFacilities);

    public IReadOnlyList<FacilityState> States => [.. _entries.Values.Select(e => e.Snapshot(pipeline.AcknowledgementErrors)).OrderBy(s => s.FacilityId, StringComparer.Ordinal)];

    public void Plan(Facility facility, DateTimeOffset? nextPoll)
    {
        Entry entry = EntryOf(facility);
        lock (entry) entry.NextPoll = nextPoll;
    }

    public void Keep(IReadOnlySet<string> facilityIds)
    {
        // A facility that is being polled is kept: it might come back, and must not be polled twice at once.
        foreach ((string id, Entry entry) in _entries)
        {
            if (!facilityIds.Contains(id) && entry.IsWaiting) _entries.TryRemove(id, out _);
        }
    }

    /// <summary>Polls the facility when a place is free.</summary>
    /// <returns>The tally of what was fetched and why the poll failed, or <see langword="null"/> when the facility is being polled already.</returns>
    public async Task<(PollTally Tally, string? Error)?> RunAsync(Facility facility, CancellationToken cancellationToken)
    {
        Entry entry = EntryOf(facility);
        if (!entry.TryBegin())
        {
            logger.SlotSkipped(facility.Id);
            return null;
        }

        try
        {
            await _places.WaitAsync(cancellationToken);
            try
            {
                return await PollAsync(facility, entry, cancellationToken);
            }
            finally
            {
                _places.Release();
            }
        }
        finally
        {
            entry.End();
        }
    }

    public void Dispose() => _places.Dispose();

    private async Task<(PollTally, string?)> PollAsync(Facility facility, Entry entry, CancellationToken cancellationToken)
    {
        var tally = new PollTally();
        long start = time.GetTimestamp();
        entry.Polling(time.GetUtcNow());
        PollOutcome outcome;
        string? error = null;
        try
        {
            await poll.RunAsync(facility, tally, cancellationToken);
            outcome = tally.DownloadError is null ? PollOutcome.Succeeded : PollOutcome.Incomplete;
            if (tally.DownloadError is { } reason) error = $"Facility {facility.Id}:{reason}";
        }
        catch (OperationCanceledException) when (cancellationToken.IsCancellationRequested)
        {
            throw;
        }
        catch (FacilityPollException exception)
        {
            outcome = exception.Outcome;
            error = exception.Message;
            logger.PollFailed(facility.Id, entry.Failures + 1, error);
        }
        catch (Exception exception)
        {
            outcome = PollOutcome.Failed;
            error = $"unexpected {exception.GetType().Name}: {exception.Message}";
            logger.PollCrashed(facility.Id, entry.Failures + 1, exception);
        }

        entry.Finished(outcome, time.GetElapsedTime(start), error);
        return (tally, error);
    }

    private Entry EntryOf(Facility facility)
    {
        Entry entry = _entries.GetOrAdd(facility.Id, id => new Entry(id));
        entry.Name = facility.Name;
        return entry;
    }

    private sealed class Entry(string id)
    {
        private FacilityActivity _activity;
        private DateTimeOffset? _lastPoll;
        private TimeSpan? _lastDuration;
        private PollOutcome? _lastOutcome;
        private string? _lastError;
        private int _skipped;

        public string? Name { get; set; }

        public DateTimeOffset? NextPoll { get; set; }

        public int Failures { get; private set; }

        public bool IsWaiting
        {
            get
            {
                lock (this) return _activity == FacilityActivity.Waiting;
            }
        }

        public bool TryBegin()
        {
            lock (this)
            {
                if (_activity != FacilityActivity.Waiting)
                {
                    _skipped++;
                    return false;
                }

                _activity = FacilityActivity.Due;
                return true;
            }
        }

        public void Polling(DateTimeOffset now)
        {
            lock (this)
            {
                _activity = FacilityActivity.Polling;
                _lastPoll = now;
            }
        }

        public void Finished(PollOutcome outcome, TimeSpan duration, string? error)
        {
            lock (this)
            {
                _lastOutcome = outcome;
                _lastDuration = duration;
                _lastError = error;
                Failures = error is null ? 0 : Failures + 1;
            }
        }

        public void End()
        {
            lock (this) _activity = FacilityActivity.Waiting;
        }

        public FacilityState Snapshot(AcknowledgementErrors acknowledgements)
        {
            lock (this)
            {
                return new FacilityState
                {
                    FacilityId = id,
                    Name = Name,
                    Activity = _activity,
                    NextPoll = NextPoll,
                    LastPoll = _lastPoll,
                    LastDuration = _lastDuration,
                    LastOutcome = _lastOutcome,
                    LastError = _lastError,
                    AcknowledgementError = acknowledgements.ErrorOf(id),
                    ConsecutiveFailures = Failures,
                    SkippedSlots = _skipped,
                };
            }
        }
    }
}
