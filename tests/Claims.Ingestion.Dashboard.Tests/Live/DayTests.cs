using Claims.Ingestion.Dashboard.Live;
using Claims.Ingestion.Dashboard.Tests.Support;
using Claims.Ingestion.Diagnostics;

namespace Claims.Ingestion.Dashboard.Tests.Live;

public sealed class DayTests
{
    [Fact]
    public void Of_HoursWithGaps_EndsWithThisHour()
    {
        HourFigures hour = new(Given.Now, 500, 5, 0, 0, TimeSpan.FromMilliseconds(7), 1, TimeSpan.Zero);

        Day day = Day.Of([hour with { Hour = Given.Now.AddHours(-2), Claims = 300, UserLatency = null }, hour], Given.Now.AddMinutes(17));

        Assert.Equal([0, 300, 0, 500], day.Claims[^4..]);
        Assert.Equal([0, 0, 0, 7], day.Latencies[^4..]);
        Assert.Equal(["", "", "09:00", ""], day.Labels[^4..]);
        Assert.Equal(24, day.Labels.Length);
    }
}
