using System.Globalization;
using Claims.Ingestion.Diagnostics;

namespace Claims.Ingestion.Dashboard.Live;

/// <summary>The last 24 hours as values for a chart; hours in which no host ran are empty.</summary>
/// <param name="Labels">The hours by their start; every third has a label.</param>
/// <param name="Claims">Claims stored.</param>
/// <param name="Latencies">The users' slow queries in milliseconds.</param>
internal sealed record Day(string[] Labels, double[] Claims, double[] Latencies)
{
    private const int Hours = 24;
    private const int LabelEvery = 3;

    public static Day Of(IReadOnlyList<HourFigures> figures, DateTimeOffset now)
    {
        DateTimeOffset last = new(now.UtcDateTime.Date.AddHours(now.UtcDateTime.Hour), TimeSpan.Zero);
        Dictionary<DateTimeOffset, HourFigures> byHour = figures.ToDictionary(f => f.Hour.ToUniversalTime());
        DateTimeOffset[] hours = [.. Enumerable.Range(0, Hours).Select(i => last.AddHours(i - Hours + 1))];
        return new Day(
            [.. hours.Select(h => h.Hour % LabelEvery == 0 ? h.ToString("HH:mm", CultureInfo.InvariantCulture) : "")],
            [.. hours.Select(h => (double)(byHour.GetValueOrDefault(h)?.Claims ?? 0))],
            [.. hours.Select(h => byHour.GetValueOrDefault(h)?.UserLatency?.TotalMilliseconds ?? 0)]);
    }
}
