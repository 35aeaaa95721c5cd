namespace Claims.Ingestion.Dashboard.Live;

/// <summary>Samples as evenly spaced values for a chart.</summary>
internal static class Series
{
    /// <summary>A value for each five seconds of a quarter of an hour: as fine as a screen shows.</summary>
    public const int Length = 180;

    private static readonly TimeSpan _step = TimeSpan.FromSeconds(5);

    /// <returns>The mean of each step up to now; <see langword="null"/> where there is no sample. The steps stand still while time moves.</returns>
    public static double?[] Of(IReadOnlyList<Sample> samples, DateTimeOffset now, Func<Sample, double?> value)
    {
        long end = now.UtcTicks / _step.Ticks;
        var sums = new double[Length];
        var counts = new int[Length];
        foreach (Sample sample in samples)
        {
            long step = Length - 1 - (end - (sample.At.UtcTicks / _step.Ticks));
            if (step is < 0 or >= Length || value(sample) is not { } measured) continue;
            sums[step] += measured;
            counts[step]++;
        }

        return [.. sums.Select((sum, i) => counts[i] == 0 ? (double?)null : sum / counts[i])];
    }
}
