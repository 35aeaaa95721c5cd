using Claims.Ingestion.Facilities;

namespace Claims.Ingestion.Scheduling;

/// <summary>The slots of one facility, for ever: a pure function of time.</summary>
internal sealed class FacilitySlots
{
    private readonly long _interval;
    private readonly long _offset;
    private readonly long _jitter;
    private readonly ulong _hash;
    private readonly DailyWindow? _window;

    public FacilitySlots(TimeSpan interval, TimeSpan offset, TimeSpan jitter, ulong hash, PollWindow? window)
    {
        _interval = interval.Ticks;
        _offset = offset.Ticks;
        _jitter = jitter.Ticks;
        _hash = hash;
        _window = window is null ? null : new DailyWindow(window);
    }

    public TimeSpan Interval => TimeSpan.FromTicks(_interval);

    public bool HasWindow => _window is not null;

    public TimeSpan Offset => TimeSpan.FromTicks(_offset);

    /// <summary>A number from 0 to below 1 that belongs to the facility.</summary>
    public double Fraction => (_hash >> 11) / (double)(1UL << 53);

    /// <summary>The first slot after a moment. Intervals are counted from year 1, so hosts agree on them.</summary>
    public DateTimeOffset NextAfter(DateTimeOffset moment)
    {
        if (_window is null) return NextAnywhere(moment);
        if (_window.Length < Interval) return NextOpening(moment);
        DateTimeOffset slot = NextAnywhere(moment);
        while (!_window.Contains(slot)) slot = NextAnywhere(_window.NextOpening(slot).AddTicks(-1));
        return slot;
    }

    /// <summary>
    /// When a slot that was missed is made up for, after a restart, a sleep or an overload: twice as long after now as it lies before, so half as dense as the
    /// schedule. With the slots that come anyway the load is at most 1.5 times the usual, and who would wait longest for its next slot comes first.
    /// </summary>
    /// <returns><see langword="null"/> when the next slot comes soon enough: it makes up for the missed one.</returns>
    public DateTimeOffset? CatchUp(DateTimeOffset missed, DateTimeOffset now, ScheduleStrategy strategy)
    {
        DateTimeOffset next = NextAfter(now);
        if (strategy == ScheduleStrategy.Concurrent) return now + ((next - now) * Fraction);

        DateTimeOffset at = now + (2 * (now - missed));
        return at < next ? at : null;
    }

    /// <summary>With a window shorter than the interval: once in each window, as far behind its opening as the facility's slot lies in the interval.</summary>
    private DateTimeOffset NextOpening(DateTimeOffset moment)
    {
        TimeSpan spread = _window!.Length * (_offset / (double)_interval);
        return _window.NextOpening(moment - spread) + spread;
    }

    private DateTimeOffset NextAnywhere(DateTimeOffset moment)
    {
        // With jitter the slot of the cycle that has begun may still be ahead.
        for (long cycle = (moment.UtcTicks - _offset) / _interval; ; cycle++)
        {
            long slot = (cycle * _interval) + _offset + JitterOf(cycle);
            if (slot > moment.UtcTicks) return new DateTimeOffset(slot, TimeSpan.Zero);
        }
    }

    /// <summary>From 0 to below the jitter, different in each cycle, and the same on every host (SplitMix64).</summary>
    private long JitterOf(long cycle)
    {
        if (_jitter == 0) return 0;
        ulong z = unchecked(_hash + ((ulong)cycle * 0x9E3779B97F4A7C15));
        z = unchecked((z ^ (z >> 30)) * 0xBF58476D1CE4E5B9);
        z = unchecked((z ^ (z >> 27)) * 0x94D049BB133111EB);
        return (long)((z ^ (z >> 31)) % (ulong)_jitter);
    }
}
