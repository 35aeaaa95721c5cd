using Claims.Ingestion.Facilities;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;

namespace Claims.Ingestion.Scheduling;

/// <summary>Hands each facility to the runs when its slot comes. One loop: wait for the next slot or for a change, hand over what is due.</summary>
internal sealed class FacilityScheduler(
    IFacilityDirectory directory, FacilityRuns runs, SlotPlan plan, IOptions<SchedulingOptions> options, SchedulingMetrics metrics, TimeProvider time, ILogger<FacilityScheduler> logger)
    : BackgroundService
{
    /// <summary>How often the directory and the records of other hosts are asked again, so that changes are seen soon though no slot is near.</summary>
    internal static readonly TimeSpan DirectoryRefresh = TimeSpan.FromSeconds(2);

    private IReadOnlyList<Facility>? _facilities;
    private HashSet<string> _ids = [];
    private long? _refreshedAt;
    private bool _hasRecords;
    private bool _recordsFail;
    private bool _saidCrowded;
    private long _lastBeat = time.GetTimestamp();

    /// <summary>How long ago the loop last turned.</summary>
    public TimeSpan SinceLastBeat => time.GetElapsedTime(Interlocked.Read(ref _lastBeat));

    public bool IsEnabled => options.Value.Enabled;

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        if (!options.Value.Enabled) return;
        try
        {
            while (true)
            {
                TimeSpan wait = DirectoryRefresh;
                try
                {
                    wait = await RunOnceAsync(stoppingToken);
                }
                catch (Exception exception) when (exception is not OperationCanceledException || !stoppingToken.IsCancellationRequested)
                {
                    logger.DirectoryFailed(wait, exception);
                }

                await Task.Delay(wait, time, stoppingToken);
            }
        }
        catch (OperationCanceledException) when (stoppingToken.IsCancellationRequested)
        {
            // Stopping: nothing new is started. What was fetched is stored while the pipeline drains.
        }

        runs.ForgetWaiting();
        await runs.WhenFetchedAsync();
    }

    /// <summary>Hands over every facility whose slot has come since the round before.</summary>
    /// <returns>How long to wait for the next round.</returns>
    internal async Task<TimeSpan> RunOnceAsync(CancellationToken cancellationToken)
    {
        if (_refreshedAt is null || time.GetElapsedTime(_refreshedAt.Value) >= DirectoryRefresh)
        {
            await RefreshAsync(cancellationToken);
            _refreshedAt = time.GetTimestamp();
        }

        DateTimeOffset now = time.GetUtcNow();
        int missed = 0;
        int catchUps = 0;
        foreach ((FacilityEntry entry, DateTimeOffset slot, bool isLate) in plan.TakeDue(now))
        {
            if (!isLate)
            {
                runs.Add(entry, slot, PollKind.Scheduled, cancellationToken);
                continue;
            }

            missed++;
            metrics.SlotMissed();
            if (plan.CatchUp(entry, slot, now)) catchUps++;
        }

        if (missed > 0) logger.SlotsMissed(missed, catchUps);
        Interlocked.Exchange(ref _lastBeat, time.GetTimestamp());
        TimeSpan wait = DirectoryRefresh - time.GetElapsedTime(_refreshedAt.Value);
        if (plan.NextDue is { } due && due - now < wait) wait = due - now;

        // Delays are cut to whole milliseconds: without rounding up the loop would spin in the last one.
        return TimeSpan.FromMilliseconds(Math.Max(0, Math.Ceiling(wait.TotalMilliseconds)));
    }

    private async Task RefreshAsync(CancellationToken cancellationToken)
    {
        IReadOnlyList<Facility> facilities = await directory.GetFacilitiesAsync(cancellationToken);
        bool isFirst = _facilities is null;
        bool isChanged = !ReferenceEquals(facilities, _facilities);
        if (isChanged)
        {
            _facilities = facilities;
            _ids = facilities.Select(f => f.Id).ToHashSet(StringComparer.Ordinal);
            bool isCrowded = plan.Replan([.. facilities.Select(runs.EntryOf)], time.GetUtcNow());
            if (isFirst) logger.ScheduleStarted(facilities.Count, options.Value.Interval, options.Value.Strategy, options.Value.MaxConcurrentFacilities);
            if (isCrowded && !_saidCrowded) logger.ScheduleCrowded(facilities.Count, options.Value.Stagger, options.Value.Interval);
            _saidCrowded = isCrowded;
        }

        runs.Keep(_ids);
        await LearnAsync(cancellationToken);
    }

    /// <summary>What other hosts, or an earlier run of this one, know. At the start it tells which slots were missed.</summary>
    private async Task LearnAsync(CancellationToken cancellationToken)
    {
        try
        {
            IReadOnlyList<PollRecord> records = await runs.LearnAsync(cancellationToken);
            _recordsFail = false;
            if (_hasRecords) return;
            _hasRecords = true;
            (int missed, int catchUps) = plan.CatchUpAfterStart(records, time.GetUtcNow());
            for (int i = 0; i < missed; i++) metrics.SlotMissed();
            if (missed > 0) logger.SlotsMissed(missed, catchUps);
        }
        catch (Exception exception) when (exception is not OperationCanceledException || !cancellationToken.IsCancellationRequested)
        {
            if (!_recordsFail) logger.RecordsUnavailable(DirectoryRefresh, exception.Message);
            _recordsFail = true;
        }
    }
}
