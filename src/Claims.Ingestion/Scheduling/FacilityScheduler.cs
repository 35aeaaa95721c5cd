using Claims.Ingestion.Facilities;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;

namespace Claims.Ingestion.Scheduling;

/// <summary>Starts each facility's poll at its slot. One loop: wait for the next slot or for a change, start what is due.</summary>
internal sealed class FacilityScheduler(
    IFacilityDirectory directory, FacilityRuns runs, IOptions<SchedulingOptions> options, TimeProvider time, ILogger<FacilityScheduler> logger) : BackgroundService
{
    /// <summary>How often the directory is asked again, so that changes are seen soon though no slot is near.</summary>
    internal static readonly TimeSpan DirectoryRefresh = TimeSpan.FromSeconds(5);

    private readonly HashSet<Task> _running = [];
    private DateTimeOffset _planned = time.GetUtcNow();
    private bool _saidCrowded;
    private long _lastBeat = time.GetTimestamp();

    /// <summary>How long ago the loop last turned.</summary>
    public TimeSpan SinceLastBeat => time.GetElapsedTime(Interlocked.Read(ref _lastBeat));

    public bool IsEnabled => options.Value.Enabled;

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        if (!options.Value.Enabled) return;
        _planned = time.GetUtcNow();
        bool isFirst = true;
        try
        {
            while (true)
            {
                TimeSpan wait = DirectoryRefresh;
                try
                {
                    wait = await RunOnceAsync(isFirst, stoppingToken);
                    isFirst = false;
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
            // Stopping: nothing new is started, and what runs ends below.
        }

        await Task.WhenAll(_running).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
    }

    /// <summary>Starts every poll whose slot has come since the round before.</summary>
    /// <returns>How long to wait for the next round.</returns>
    internal async Task<TimeSpan> RunOnceAsync(bool isFirst, CancellationToken cancellationToken)
    {
        IReadOnlyList<Facility> facilities = await directory.GetFacilitiesAsync(cancellationToken);
        var schedule = new PollSchedule(facilities.Select(f => f.Id), options.Value);
        if (isFirst) logger.ScheduleStarted(facilities.Count, options.Value.Interval, options.Value.Strategy, options.Value.MaxConcurrentFacilities);
        if (schedule.IsCrowded && !_saidCrowded) logger.ScheduleCrowded(facilities.Count, options.Value.Stagger, options.Value.Interval);
        _saidCrowded = schedule.IsCrowded;

        DateTimeOffset now = time.GetUtcNow();
        DateTimeOffset next = now + DirectoryRefresh;
        _running.RemoveWhere(task => task.IsCompleted);
        runs.Keep(facilities.Select(f => f.Id).ToHashSet(StringComparer.Ordinal));
        foreach (Facility facility in facilities)
        {
            if (schedule.NextAfter(facility.Id, _planned) <= now) _running.Add(StartAsync(facility, cancellationToken));
            DateTimeOffset slot = schedule.NextAfter(facility.Id, now);
            runs.Plan(facility, slot);
            if (slot < next) next = slot;
        }

        _planned = now;
        Interlocked.Exchange(ref _lastBeat, time.GetTimestamp());

        // Delays are cut to whole milliseconds: without rounding up the loop would spin in the last one.
        return TimeSpan.FromMilliseconds(Math.Ceiling((next - now).TotalMilliseconds));
    }

    private async Task StartAsync(Facility facility, CancellationToken cancellationToken)
    {
        await Task.Yield();
        try
        {
            await runs.RunAsync(facility, cancellationToken);
        }
        catch (OperationCanceledException) when (cancellationToken.IsCancellationRequested)
        {
            // Stopping is no failure of the facility.
        }
    }
}
