using Claims.Ingestion.Facilities;
using Microsoft.Extensions.Time.Testing;

namespace Claims.LoadTests.Schedule;

/// <summary>The scheduler by a clock that jumps from one of its delays to the next: what it keeps in memory as time goes by.</summary>
internal sealed class SimulatedRun(ScheduleSettings settings, TimeSpan duration)
{
    private readonly FakeTimeProvider _clock = new();

    public List<string> Problems { get; } = [];

    public double HeapFirstQuarterMb { get; private set; }

    public double HeapEndMb { get; private set; }

    public async Task RunAsync(CancellationToken cancellationToken)
    {
        Dictionary<string, int> polls = settings.Facilities.ToDictionary(f => f.Id, _ => 0, StringComparer.Ordinal);
        var poller = new StandInPoller(_clock, _ => TimeSpan.Zero);
        await using var ingestion = new StandInIngestion(settings, poller, _clock);

        // What is remembered of each facility comes with its first poll.
        await RunAsync(ingestion, settings.Interval, cancellationToken);
        poller.OnBegin = facility => polls[facility.Id]++;
        await RunAsync(ingestion, duration / 4, cancellationToken);
        HeapFirstQuarterMb = MeasureHeap();
        await RunAsync(ingestion, duration * 3 / 4, cancellationToken);
        HeapEndMb = MeasureHeap();
        Check(polls);
    }

    private static double MeasureHeap()
    {
        for (int i = 0; i < 2; i++)
        {
            GC.Collect();
            GC.WaitForPendingFinalizers();
        }

        return GC.GetTotalMemory(forceFullCollection: true) / 1e6;
    }

    private async Task RunAsync(StandInIngestion ingestion, TimeSpan span, CancellationToken cancellationToken)
    {
        DateTimeOffset end = _clock.GetUtcNow() + span;
        while (_clock.GetUtcNow() < end)
        {
            TimeSpan wait = await ingestion.Scheduler.RunOnceAsync(cancellationToken);
            await ingestion.Runs.WhenIdleAsync();
            TimeSpan left = end - _clock.GetUtcNow();
            _clock.Advance(wait < left ? wait : left);
        }
    }

    private void Check(Dictionary<string, int> polls)
    {
        double intervals = duration / settings.Interval;
        foreach ((string id, int count) in polls)
        {
            if (count < Math.Floor(intervals) || count > Math.Ceiling(intervals))
                Problems.Add($"{id} should be polled {intervals:0.##} times in {duration} of simulated time, but was {count} times.");
        }
    }
}
