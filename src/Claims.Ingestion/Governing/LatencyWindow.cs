namespace Claims.Ingestion.Governing;

/// <summary>The latencies of the last moments, of which the governor wants a high quantile. The oldest give place; it costs a write to an array for each.</summary>
/// <param name="time">The clock.</param>
internal sealed class LatencyWindow(TimeProvider time)
{
    private const int Size = 4096;
    private const int Enough = 50;
    private const int TooFew = 10;
    private const double Share = 0.95;

    // Half a second says most: as long as from one look to the next, so that what stood still for a moment is in one of them. Where few ask, it takes longer to know.
    private static readonly TimeSpan _short = TimeSpan.FromSeconds(0.5);
    private static readonly TimeSpan _second = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan _long = TimeSpan.FromSeconds(10);

    private readonly Lock _gate = new();
    private readonly (long At, double Seconds)[] _ring = new (long, double)[Size];
    private long _count;

    public void Add(double seconds)
    {
        lock (_gate) _ring[_count++ % Size] = (time.GetTimestamp(), seconds);
    }

    /// <summary>How many there were in the last second; more than fit are not counted.</summary>
    public int LastSecond()
    {
        lock (_gate)
        {
            int count = 0;
            while (count < Math.Min(_count, Size) && time.GetElapsedTime(_ring[(_count - 1 - count) % Size].At) <= _second) count++;
            return count;
        }
    }

    /// <returns>The quantile, and the time that it is of; <see langword="null"/> when too few were measured to tell.</returns>
    public (TimeSpan Latency, TimeSpan Span)? Quantile()
    {
        var values = new List<double>();
        TimeSpan span = TimeSpan.Zero;
        lock (_gate)
        {
            for (long n = _count - 1; n >= 0 && n >= _count - Size; n--)
            {
                (long at, double seconds) = _ring[n % Size];
                TimeSpan age = time.GetElapsedTime(at);
                if (age > _long || (age > _short && values.Count >= Enough)) break;
                values.Add(seconds);
                span = age;
            }
        }

        if (values.Count < TooFew) return null;
        values.Sort();
        return (TimeSpan.FromSeconds(values[(int)Math.Ceiling(Share * values.Count) - 1]), span);
    }
}
