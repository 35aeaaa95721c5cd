using Claims.LoadTests.Routing;
using HdrHistogram;

namespace Claims.LoadTests.Facilities;

/// <summary>The latencies of requests in microseconds, exact to three digits.</summary>
internal static class Latencies
{
    private const long Most = 600_000_000;
    private const int Digits = 3;

    public static LongHistogram NewHistogram() => new(Most, Digits);

    public static long Microseconds(double seconds) => Math.Clamp((long)(seconds * 1e6), 0, Most);

    public static LongHistogram Of(IEnumerable<Request> requests)
    {
        LongHistogram histogram = NewHistogram();
        foreach (Request request in requests) histogram.RecordValue(Microseconds(request.Latency.TotalSeconds));
        return histogram;
    }

    /// <summary>The milliseconds that a share of the latencies, in percent, does not exceed; 0 when there are none.</summary>
    public static double Percentile(this LongHistogram histogram, double percent) =>
        histogram.TotalCount == 0 ? 0 : Math.Round(histogram.GetValueAtPercentile(percent) / 1000.0, 3);

    public static double Max(this LongHistogram histogram) => histogram.TotalCount == 0 ? 0 : Math.Round(histogram.GetMaxValue() / 1000.0, 3);
}
