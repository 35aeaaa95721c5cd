using System.Collections.Concurrent;
using System.Diagnostics;
using Claims.Ingestion.Diagnostics;
using Claims.Ingestion.Pipeline;
using Claims.Ingestion.Polling;
using Claims.Ingestion.Volumes;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;

namespace Claims.Ingestion.Scheduling;

/// <summary>One poll with its lease, from its turn to the last commit of what it fetched, and what is remembered of it.</summary>
internal sealed class FacilityRunner(
    FacilityPoll poll,
    IEnumerable<IFacilityPoller> pollers,
    IngestionPipeline pipeline,
    IFacilityLease leases,
    HeldLeases held,
    SchedulingMetrics metrics,
    IOptions<VolumeOptions> volumes,
    TimeProvider time,
    ILogger<FacilityRunner> logger)
{
    private static readonly TimeSpan ReleaseLimit = TimeSpan.FromSeconds(15);

    private readonly ConcurrentDictionary<string, HeldLeases.Held> _backfills = new(StringComparer.Ordinal);

    /// <summary>Takes over what is remembered of a facility.</summary>
    public void Learn(FacilityEntry entry, PollRecord record) =>
        entry.Learn(record, volumes.Value.Enabled ? ProfileOf(record).Judge(time.GetUtcNow()) : default);

    /// <summary>The facility's back-fill, if one is under way on this host.</summary>
    public HeldLeases.Held? FindBackfill(string facilityId) => _backfills.GetValueOrDefault(facilityId);

    /// <param name="request">The request that was granted.</param>
    /// <param name="grant">Its lease.</param>
    /// <param name="fetched">Called when everything is listed and fetched, and only the storing goes on.</param>
    /// <param name="stop">The token of the host: what is stored goes on as long as the pipeline does.</param>
    /// <returns>What tells who asked for the poll. It is for the caller to call, when the facility can be polled again.</returns>
    public async Task<Action> RunAsync(PollRequest request, LeaseGrant grant, Action fetched, CancellationToken stop)
    {
        FacilityEntry entry = request.Entry;
        if (grant.LastPoll is not null) Learn(entry, grant.LastPoll);
        if (request.Kind == PollKind.TakeOver)
        {
            metrics.TakenOver();
            logger.TakingOver(entry.Facility.Id, request.Slot);
        }

        using var ended = CancellationTokenSource.CreateLinkedTokenSource(request.Token, stop);
        using HeldLeases.Held hold = held.Hold(grant.Lease, request.AskedAt, ended.Token);
        if (request.Kind == PollKind.Backfill) _backfills[entry.Facility.Id] = hold;
        var tally = new PollTally();
        PollRecord? record = null;
        try
        {
            record = await PollAsync(request, grant, hold, tally);
            fetched();
            entry.Storing();
            using var abandoned = CancellationTokenSource.CreateLinkedTokenSource(hold.Lost, stop);
            await tally.Completion.WaitAsync(abandoned.Token);
        }
        catch (OperationCanceledException)
        {
            // Stopping, or the lease is lost: what was fetched is stored, or refused by its epoch, and fetched again later.
        }
        finally
        {
            _backfills.TryRemove(new(entry.Facility.Id, hold));
        }

        if (hold.Lost.IsCancellationRequested) record = null;
        else if (record is not null) record = Counted(request, record, tally);
        await ReleaseAsync(grant.Lease, record);
        if (record is not null) Keep(entry, record);
        bool isLost = hold.Lost.IsCancellationRequested;
        return () => Tell(request, isLost, record, tally);
    }

    /// <returns>What is to be remembered, or <see langword="null"/> when the poll was stopped.</returns>
    private async Task<PollRecord?> PollAsync(PollRequest request, LeaseGrant grant, HeldLeases.Held hold, PollTally tally)
    {
        FacilityEntry entry = request.Entry;
        var order = new PollOrder(entry.Facility) { LeaseEpoch = grant.Lease.Epoch, Range = request.Range };
        using Activity? span = Traces.StartPoll(request, order.Id);
        using IDisposable? scope = logger.AboutPoll(entry.Facility.Id, order.Id);
        PollOutcome outcome;
        string? error = null;
        DateTimeOffset startedAt = time.GetUtcNow();
        long start = time.GetTimestamp();
        int failures = entry.Record.ConsecutiveFailures + 1;
        try
        {
            await pipeline.Budget.WaitForTurnAsync(entry.Facility.Id, hold.Stopped);
            startedAt = time.GetUtcNow();
            start = time.GetTimestamp();
            entry.Polling(startedAt);
            metrics.PollBegins(request.Kind, startedAt - request.Slot, time.GetElapsedTime(request.DueSince));
            await poll.RunAsync(order, tally, hold.Stopped);
            outcome = tally.DownloadError is null ? PollOutcome.Succeeded : PollOutcome.Incomplete;
            if (tally.DownloadError is { } reason) error = $"Facility {entry.Facility.Id}:{reason}";
        }
        catch (OperationCanceledException) when (hold.Stopped.IsCancellationRequested)
        {
            tally.EndListing();
            span.Fail("stopped");
            return null;
        }
        catch (FacilityPollException exception)
        {
            outcome = exception.Outcome;
            error = exception.Message;
            logger.PollFailed(entry.Facility.Id, failures, error);
        }
        catch (Exception exception)
        {
            outcome = PollOutcome.Failed;
            error = $"unexpected {exception.GetType().Name}: {exception.Message}";
            logger.PollCrashed(entry.Facility.Id, failures, exception);
        }

        tally.EndListing();
        metrics.PollEnded(request.Kind, outcome);
        span?.SetTag(Tag.PollOutcome, Tag.Word(outcome));
        if (outcome != PollOutcome.Succeeded) span.Fail(Tag.Word(outcome));
        return new PollRecord
        {
            FacilityId = entry.Facility.Id,
            Slot = request.Kind is PollKind.Scheduled or PollKind.TakeOver ? request.Slot : entry.Record.Slot,
            StartedAt = startedAt,
            LastSuccess = outcome == PollOutcome.Succeeded ? startedAt : entry.Record.LastSuccess,
            Duration = time.GetElapsedTime(start),
            Outcome = outcome,
            Error = error,
            ConsecutiveFailures = outcome == PollOutcome.Succeeded ? 0 : failures,
            NextSlot = entry.NextSlot,
            Circuit = pollers.LastOrDefault(p => p.Kind == entry.Facility.PollerKind)?.GetCircuitState(entry.Facility),
            Host = HostName.Value,
        };
    }

    private PollRecord Counted(PollRequest request, PollRecord record, PollTally tally)
    {
        FacilityEntry entry = request.Entry;
        int files = tally.Stored + tally.Quarantined + tally.Skipped;
        long claims = tally.Counts.Claims + (long)tally.Counts.RemittanceClaims;
        VolumeProfile profile = ProfileOf(entry.Record);

        // A back-fill says nothing of what comes by itself, and a poll that failed nothing of what is there.
        if (request.Kind != PollKind.Backfill && record.Outcome == PollOutcome.Succeeded) profile.Count(time.GetUtcNow(), files, claims);
        return record with
        {
            SkippedSlots = entry.Record.SkippedSlots + entry.TakeSkipped(),
            Files = files,
            Claims = claims,
            FilesLast24Hours = entry.Record.FilesLast24Hours + files,
            ClaimsLast24Hours = entry.Record.ClaimsLast24Hours + claims,
            VolumeProfile = profile.ToBytes(),
            IsPaused = entry.Record.IsPaused,
        };
    }

    private void Keep(FacilityEntry entry, PollRecord record)
    {
        VolumeState before = entry.Volume.State;
        Learn(entry, record);
        VolumeVerdict now = entry.Volume;
        if (now.State == before) return;
        if (now.State is VolumeState.Silent or VolumeState.Surging) logger.VolumeUnusual(record.FacilityId, now.State, now.Reason ?? "");
        else if (before is VolumeState.Silent or VolumeState.Surging) logger.VolumeUsual(record.FacilityId);
    }

    private async Task ReleaseAsync(FacilityLease lease, PollRecord? record)
    {
        using var limit = new CancellationTokenSource(ReleaseLimit, time);
        try
        {
            await leases.ReleaseAsync(lease, record, limit.Token);
        }
        catch (Exception exception)
        {
            // It runs out by itself, and the slot is polled once more.
            logger.LeaseNotReleased(lease.FacilityId, exception.Message);
        }
    }

    private void Tell(PollRequest request, bool isLost, PollRecord? record, PollTally tally)
    {
        if (record is not null)
        {
            request.Result.TrySetResult((tally, record.Error));
        }
        else if (isLost)
        {
            metrics.LeaseLost();
            logger.LeaseLost(request.Facility.Id);
            request.Result.TrySetResult((tally, $"Facility {request.Facility.Id}: this host was cut off from the database, or stood still, for too long, so its poll was stopped; another host goes on with it."));
        }
        else if (request.Token.IsCancellationRequested)
        {
            request.Result.TrySetCanceled(request.Token);
        }
        else
        {
            request.Result.TrySetResult(null);
        }
    }

    private VolumeProfile ProfileOf(PollRecord record) => VolumeProfile.FromBytes(record.VolumeProfile.Span, volumes.Value);
}
