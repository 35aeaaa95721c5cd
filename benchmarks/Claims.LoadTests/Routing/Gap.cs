namespace Claims.LoadTests.Routing;

internal static class Gap
{
    /// <summary>The longest time, in seconds, between two successes that follow each other; none when there are fewer than two.</summary>
    public static double LongestSeconds(IEnumerable<TimeSpan> successes)
    {
        TimeSpan[] ordered = [.. successes.Order()];
        return ordered.Length < 2 ? 0 : Math.Round(ordered.Zip(ordered.Skip(1), (one, next) => (next - one).TotalSeconds).Max(), 3);
    }
}
