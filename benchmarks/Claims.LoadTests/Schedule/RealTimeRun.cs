using Claims.Ingestion.Scheduling;

namespace Claims.LoadTests.Schedule;

/// <summary>The scheduler by the real clock: how exactly polls begin, and what the process takes for it.</summary>
internal sealed class RealTimeRun(ScheduleSettings settings, TimeSpan duration)
{
    private static readonly TimeSpan PollDuration = TimeSpan.FromMilliseconds(50);
    private static readonly TimeSpan WarmUp = TimeSpan.FromSeconds(10);
    private static readonly TimeSpan Settling = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan TimerStep = TimeSpan.FromMilliseconds(100);

    private readonly TimeProvider _time = TimeProvider.System;
    private readonly PollSchedule _slots = settings.Slots();
    private readonly Dictionary<(string FacilityId, DateTimeOffset Slot), List<TimeSpan>> _polls = [];

    public List<string> Problems { get; } = [];

    /// <summary>From the slot to the begin of its poll, in milliseconds, smallest first.</summary>
    public double[] StartErrors { get; private set; } = [];

    public int ExpectedPolls { get; private set; }

    public int MaxInFlight { get; private set; }

    /// <summary>How late the timers of this machine were meanwhile, in milliseconds, smallest first: nothing can begin more exactly than that.</summary>
    public double[] TimerErrors { get; private set; } = [];

    /// <summary>Of one core, with the scheduler off.</summary>
    public double IdleCpuPercent { get; private set; }

    /// <summary>Of one core, less what it is with the scheduler off.</summary>
    public double CpuPercent { get; private set; }

    public async Task RunAsync(CancellationToken cancellationToken)
    {
        await WarmUpAsync(cancellationToken);
        StandInPoller poller = CreatePoller();
        await using var ingestion = new StandInIngestion(settings, poller, _time);
        await ingestion.StartAsync(cancellationToken);
        await Task.Delay(Settling, _time, cancellationToken);
        poller.OnBegin = facility => Note(facility.Id);

        DateTimeOffset start = _time.GetUtcNow();
        var cpu = new CpuMeter();
        TimerErrors = await WatchTimersAsync(duration, cancellationToken);
        double percent = cpu.Percent;
        DateTimeOffset end = _time.GetUtcNow();
        await WaitForLastAsync(ingestion.Runs, cancellationToken);
        await ingestion.StopAsync(cancellationToken);
        MaxInFlight = poller.MaxInFlight;
        Check(start, end);
        IdleCpuPercent = await MeasureIdleAsync(cancellationToken);
        CpuPercent = Math.Max(0, percent - IdleCpuPercent);
    }

    private StandInPoller CreatePoller() => new(_time, _ => PollDuration);

    /// <summary>A process compiles its code while it first runs, and once more when it has run for a while. That is over before the clock runs.</summary>
    private async Task WarmUpAsync(CancellationToken cancellationToken)
    {
        var few = new ScheduleSettings(FacilityCount: 200, TimeSpan.FromSeconds(1), ScheduleStrategy.Staggered) { MaxConcurrentFacilities = 50 };
        await using var ingestion = new StandInIngestion(few, CreatePoller(), _time);
        await ingestion.StartAsync(cancellationToken);
        await Task.Delay(WarmUp < duration ? WarmUp : duration, _time, cancellationToken);
        await ingestion.StopAsync(cancellationToken);
    }

    /// <summary>The same process with all the rest of the ingestion, and with the timers that are watched.</summary>
    private async Task<double> MeasureIdleAsync(CancellationToken cancellationToken)
    {
        await using var ingestion = new StandInIngestion(settings, CreatePoller(), _time, isEnabled: false);
        await ingestion.StartAsync(cancellationToken);
        await Task.Delay(Settling, _time, cancellationToken);
        var cpu = new CpuMeter();
        await WatchTimersAsync(duration / 4, cancellationToken);
        double percent = cpu.Percent;
        await ingestion.StopAsync(cancellationToken);
        return percent;
    }

    private async Task<double[]> WatchTimersAsync(TimeSpan span, CancellationToken cancellationToken)
    {
        var errors = new List<double>();
        long start = _time.GetTimestamp();
        while (_time.GetElapsedTime(start) < span)
        {
            long begin = _time.GetTimestamp();
            await Task.Delay(TimerStep, _time, cancellationToken);
            errors.Add((_time.GetElapsedTime(begin) - TimerStep).TotalMilliseconds);
        }

        return [.. errors.Order()];
    }

    /// <summary>A poll serves the last slot that has come. One that begins too early so counts for the slot before, as very late.</summary>
    private void Note(string facilityId)
    {
        DateTimeOffset now = _time.GetUtcNow();
        DateTimeOffset slot = _slots.NextAfter(facilityId, now - settings.Interval);
        if (!_polls.TryGetValue((facilityId, slot), out List<TimeSpan>? errors)) _polls.Add((facilityId, slot), errors = []);
        errors.Add(now - slot);
    }

    /// <summary>Slots of the measured time may still wait for a place when it ends.</summary>
    private async Task WaitForLastAsync(FacilityRuns runs, CancellationToken cancellationToken)
    {
        long start = _time.GetTimestamp();
        do await Task.Delay(Settling, _time, cancellationToken);
        while (runs.WaitingCount > 0 && _time.GetElapsedTime(start) < settings.Interval);
    }

    private void Check(DateTimeOffset start, DateTimeOffset end)
    {
        var errors = new List<double>();
        foreach (string id in settings.Facilities.Select(f => f.Id))
        {
            for (DateTimeOffset slot = _slots.NextAfter(id, start); slot <= end; slot = _slots.NextAfter(id, slot))
            {
                ExpectedPolls++;
                List<TimeSpan> polls = _polls.GetValueOrDefault((id, slot), []);
                errors.AddRange(polls.Select(p => p.TotalMilliseconds));
                if (polls.Count != 1) Problems.Add($"the slot {slot:O} of {id} should be polled once, but was {polls.Count} times.");
            }
        }

        StartErrors = [.. errors.Order()];
        if (ExpectedPolls == 0) Problems.Add("no slot fell into the measured time; measure longer, or with a shorter interval.");
        if (MaxInFlight > settings.MaxConcurrentFacilities) Problems.Add($"at most {settings.MaxConcurrentFacilities} facilities may be polled at once, but {MaxInFlight} were.");
    }
}
