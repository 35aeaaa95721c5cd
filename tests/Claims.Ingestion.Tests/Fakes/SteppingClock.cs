using Microsoft.Extensions.Time.Testing;

namespace Claims.Ingestion.Tests.Fakes;

/// <summary>A fake clock that tells of each short delay, and can skip them.</summary>
internal sealed class SteppingClock : FakeTimeProvider
{
    private static readonly TimeSpan LongestDelay = TimeSpan.FromSeconds(10);

    /// <summary>One event for each delay of at most ten seconds that begins. Timeouts are longer.</summary>
    public Signal Delays { get; } = new();

    /// <summary>The delay that began last.</summary>
    public TimeSpan LastDelay { get; private set; }

    /// <summary>Whether such delays pass at once.</summary>
    public bool SkipsDelays { get; set; }

    public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period)
    {
        ITimer timer = base.CreateTimer(callback, state, dueTime, period);
        if (dueTime > TimeSpan.Zero && dueTime <= LongestDelay)
        {
            LastDelay = dueTime;
            Delays.Set();
            if (SkipsDelays) ThreadPool.QueueUserWorkItem(_ => Advance(dueTime));
        }

        return timer;
    }
}
