using Claims.Ingestion.Facilities;

namespace Claims.Ingestion.Scheduling;

/// <summary>A window of the day in its time zone, with daylight saving.</summary>
internal sealed class DailyWindow(PollWindow window)
{
    private readonly TimeZoneInfo _zone = TimeZoneInfo.FindSystemTimeZoneById(window.TimeZone);

    /// <summary>By the clock on the wall.</summary>
    public TimeSpan Length { get; } = window.To - window.From;

    public bool Contains(DateTimeOffset moment)
    {
        TimeOnly local = TimeOnly.FromTimeSpan(TimeZoneInfo.ConvertTime(moment, _zone).TimeOfDay);
        return local.IsBetween(window.From, window.To);
    }

    /// <summary>The first opening after a moment. A time that the clock skips opens when the clock goes on, one that it shows twice opens the first time.</summary>
    public DateTimeOffset NextOpening(DateTimeOffset moment)
    {
        DateOnly day = DateOnly.FromDateTime(TimeZoneInfo.ConvertTime(moment, _zone).Date).AddDays(-1);
        while (true)
        {
            DateTimeOffset opening = ToUtc(day.ToDateTime(window.From));
            if (opening > moment) return opening;
            day = day.AddDays(1);
        }
    }

    private DateTimeOffset ToUtc(DateTime local)
    {
        while (_zone.IsInvalidTime(local)) local = local.AddMinutes(1);
        TimeSpan offset = _zone.IsAmbiguousTime(local) ? _zone.GetAmbiguousTimeOffsets(local).Max() : _zone.GetUtcOffset(local);
        return new DateTimeOffset(local, offset).ToUniversalTime();
    }
}
