using System.Globalization;
using Claims.Ingestion.Views;

namespace Claims.Ingestion.Tests.Views;

public sealed class QuietHoursTests
{
    [Theory]
    // Within a day, in UTC.
    [InlineData("01:00", "03:00", "UTC", "2026-03-02T00:59:59Z", null)]
    [InlineData("01:00", "03:00", "UTC", "2026-03-02T01:00:00Z", "2026-03-02T03:00:00Z")]
    [InlineData("01:00", "03:00", "UTC", "2026-03-02T02:59:59Z", "2026-03-02T03:00:00Z")]
    [InlineData("01:00", "03:00", "UTC", "2026-03-02T03:00:00Z", null)]
    // Over midnight.
    [InlineData("22:00", "06:00", "UTC", "2026-03-02T21:59:59Z", null)]
    [InlineData("22:00", "06:00", "UTC", "2026-03-02T22:00:00Z", "2026-03-03T06:00:00Z")]
    [InlineData("22:00", "06:00", "UTC", "2026-03-03T00:00:00Z", "2026-03-03T06:00:00Z")]
    [InlineData("22:00", "06:00", "UTC", "2026-03-03T05:59:59Z", "2026-03-03T06:00:00Z")]
    [InlineData("22:00", "06:00", "UTC", "2026-03-03T06:00:00Z", null)]
    [InlineData("22:00", "00:00", "UTC", "2026-03-02T23:00:00Z", "2026-03-03T00:00:00Z")]
    [InlineData("22:00", "00:00", "UTC", "2026-03-03T00:00:00Z", null)]
    // The whole day.
    [InlineData("00:00", "00:00", "UTC", "2026-03-02T00:00:00Z", "2026-03-03T00:00:00Z")]
    [InlineData("00:00", "00:00", "UTC", "2026-03-02T23:59:59Z", "2026-03-03T00:00:00Z")]
    [InlineData("08:00", "08:00", "UTC", "2026-03-02T07:59:59Z", "2026-03-02T08:00:00Z")]
    [InlineData("08:00", "08:00", "UTC", "2026-03-02T08:00:00Z", "2026-03-03T08:00:00Z")]
    // By another clock, whatever the offset of the moment.
    [InlineData("01:00", "03:00", "Asia/Dubai", "2026-03-01T20:59:59Z", null)]
    [InlineData("01:00", "03:00", "Asia/Dubai", "2026-03-01T21:00:00Z", "2026-03-01T23:00:00Z")]
    [InlineData("01:00", "03:00", "Asia/Dubai", "2026-03-02T02:30:00+05:30", "2026-03-01T23:00:00Z")]
    [InlineData("01:00", "03:00", "America/New_York", "2026-03-02T07:00:00Z", "2026-03-02T08:00:00Z")]
    // Berlin sets the clock forward on 2026-03-29 at 01:00 UTC, from 02:00 to 03:00.
    [InlineData("01:00", "04:00", "Europe/Berlin", "2026-03-29T00:30:00Z", "2026-03-29T02:00:00Z")]
    [InlineData("01:00", "04:00", "Europe/Berlin", "2026-03-29T01:00:00Z", "2026-03-29T02:00:00Z")]
    [InlineData("01:00", "02:30", "Europe/Berlin", "2026-03-29T00:30:00Z", "2026-03-29T01:00:00Z")]
    [InlineData("01:00", "02:30:30", "Europe/Berlin", "2026-03-29T00:30:00Z", "2026-03-29T01:00:00Z")]
    [InlineData("01:00", "02:30", "Europe/Berlin", "2026-03-29T01:00:00Z", null)]
    [InlineData("02:00", "03:00", "Europe/Berlin", "2026-03-29T00:59:59Z", null)]
    [InlineData("02:00", "03:00", "Europe/Berlin", "2026-03-29T01:00:00Z", null)]
    [InlineData("02:30", "04:00", "Europe/Berlin", "2026-03-29T01:00:00Z", "2026-03-29T02:00:00Z")]
    [InlineData("22:00", "02:30", "Europe/Berlin", "2026-03-28T21:30:00Z", "2026-03-29T01:00:00Z")]
    [InlineData("00:00", "00:00", "Europe/Berlin", "2026-03-28T23:00:00Z", "2026-03-29T22:00:00Z")]
    // It sets it back on 2026-10-25 at 01:00 UTC, from 03:00 to 02:00: the hour between comes twice, and so do quiet hours in it.
    [InlineData("01:00", "04:00", "Europe/Berlin", "2026-10-24T23:30:00Z", "2026-10-25T03:00:00Z")]
    [InlineData("01:00", "02:30", "Europe/Berlin", "2026-10-24T23:30:00Z", "2026-10-25T00:30:00Z")]
    [InlineData("01:00", "02:30", "Europe/Berlin", "2026-10-25T00:29:59Z", "2026-10-25T00:30:00Z")]
    [InlineData("01:00", "02:30", "Europe/Berlin", "2026-10-25T00:30:00Z", null)]
    [InlineData("01:00", "02:30", "Europe/Berlin", "2026-10-25T01:00:00Z", "2026-10-25T01:30:00Z")]
    [InlineData("01:00", "02:30", "Europe/Berlin", "2026-10-25T01:30:00Z", null)]
    [InlineData("01:00", "02:00", "Europe/Berlin", "2026-10-24T23:30:00Z", "2026-10-25T00:00:00Z")]
    [InlineData("02:30", "04:00", "Europe/Berlin", "2026-10-25T00:30:00Z", "2026-10-25T03:00:00Z")]
    [InlineData("00:00", "00:00", "Europe/Berlin", "2026-10-24T22:00:00Z", "2026-10-25T23:00:00Z")]
    public void EndOf_EachMoment_IsTheEndOrNothing(string from, string to, string zone, string moment, string? expected)
    {
        var hours = new QuietHours { From = TimeSpan.Parse(from, CultureInfo.InvariantCulture), To = TimeSpan.Parse(to, CultureInfo.InvariantCulture) };

        DateTimeOffset? end = hours.EndOf(Time(moment), TimeZoneInfo.FindSystemTimeZoneById(zone));

        Assert.Equal(expected is null ? null : Time(expected), end);
    }

    /// <summary>Whoever waits until the time that is named is let in then, or told the truth again.</summary>
    [Theory]
    [InlineData("2026-03-28T12:00:00Z")]
    [InlineData("2026-10-24T12:00:00Z")]
    public void EndOf_EveryMinuteAroundATurnOfTheClock_IsQuietUntilJustThen(string start)
    {
        TimeZoneInfo berlin = TimeZoneInfo.FindSystemTimeZoneById("Europe/Berlin");
        var hours = new QuietHours { From = TimeSpan.FromHours(22), To = new TimeSpan(2, 30, 0) };
        DateTimeOffset[] minutes = [.. Enumerable.Range(0, 24 * 60).Select(n => Time(start).AddMinutes(n))];

        foreach (DateTimeOffset minute in minutes)
        {
            if (hours.EndOf(minute, berlin) is not { } end) continue;
            Assert.InRange(end, minute.AddMinutes(1), minute.AddHours(5));
            Assert.Null(hours.EndOf(end, berlin));
            Assert.NotNull(hours.EndOf(end.AddMinutes(-1), berlin));
        }
    }

    private static DateTimeOffset Time(string text) => DateTimeOffset.Parse(text, CultureInfo.InvariantCulture);
}
