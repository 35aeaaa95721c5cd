using System.Globalization;
using Claims.Ingestion.Facilities;
using Claims.Ingestion.Scheduling;
using Microsoft.Extensions.Time.Testing;

namespace Claims.LoadTests.Schedule;

/// <summary>How many facilities are polled at once, second by second of simulated time, when no limit holds.</summary>
internal static class LoadCurve
{
    public const int Facilities = 1000;
    public static readonly TimeSpan Interval = TimeSpan.FromMinutes(30);

    private static readonly TimeSpan Step = TimeSpan.FromSeconds(1);

    /// <param name="strategy">The strategy.</param>
    /// <param name="before">How long before a full interval it begins.</param>
    /// <param name="after">How long after that it ends.</param>
    /// <param name="cancellationToken">The token to cancel the simulation.</param>
    /// <returns>Whole seconds since that full interval, with the number of facilities that are being polled then.</returns>
    public static async Task<IReadOnlyList<(TimeSpan At, int InFlight)>> SimulateAsync(
        ScheduleStrategy strategy, TimeSpan before, TimeSpan after, CancellationToken cancellationToken)
    {
        var settings = new ScheduleSettings(Facilities, Interval, strategy) { MaxConcurrentFacilities = Facilities };
        var zero = new DateTimeOffset(2026, 1, 1, 12, 0, 0, TimeSpan.Zero);
        var clock = new FakeTimeProvider(zero - before);
        var poller = new StandInPoller(clock, Duration);
        await using var ingestion = new StandInIngestion(settings, poller, clock);
        var curve = new List<(TimeSpan At, int InFlight)>();
        for (DateTimeOffset second = zero - before; second <= zero + after; second += Step)
        {
            while (clock.GetUtcNow() < second) await TurnAsync(second);
            curve.Add((second - zero, poller.InFlight));
        }

        return curve;

        async Task TurnAsync(DateTimeOffset until)
        {
            TimeSpan wait = await ingestion.Scheduler.RunOnceAsync(cancellationToken);

            // Everybody who is due has come to the poller, and everybody whose poll is over has left.
            while (settings.Facilities.Count(f => !ingestion.Runs.Find(f.Id)!.IsIdle) != poller.InFlight) await Task.Yield();
            TimeSpan left = until - clock.GetUtcNow();
            clock.Advance(wait < left ? wait : left);
        }
    }

    /// <summary>From 10 to 30 seconds, 20 on average.</summary>
    private static TimeSpan Duration(Facility facility) => TimeSpan.FromSeconds(10 + (int.Parse(facility.Id.AsSpan(6), CultureInfo.InvariantCulture) * 13 % 21));
}
