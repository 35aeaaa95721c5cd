using System.ComponentModel.DataAnnotations;

namespace Claims.Ingestion.Views;

/// <summary>A part of each day in which views are not refreshed, for example the hours of a backup. It may go over midnight.</summary>
public sealed class QuietHours
{
    /// <summary>When it begins, by the clock of <see cref="RefreshRules.TimeZone"/>.</summary>
    /// <value>The default is midnight; from 00:00:00 to 23:59:59.</value>
    [Range(typeof(TimeSpan), "00:00:00", "23:59:59")]
    public TimeSpan From { get; set; }

    /// <summary>When it ends; this moment is not part of it.</summary>
    /// <value>The default is midnight; from 00:00:00 to 23:59:59. With the same value as <see cref="From"/> it is the whole day.</value>
    [Range(typeof(TimeSpan), "00:00:00", "23:59:59")]
    public TimeSpan To { get; set; }

    /// <summary>When the quiet hours end in which a moment lies; <see langword="null"/> when it lies in none.</summary>
    internal DateTimeOffset? EndOf(DateTimeOffset moment, TimeZoneInfo zone)
    {
        DateTime local = TimeZoneInfo.ConvertTime(moment, zone).DateTime;
        bool isOverMidnight = To <= From;
        TimeSpan now = local.TimeOfDay;
        bool isIn = isOverMidnight ? now >= From || now < To : now >= From && now < To;
        if (!isIn) return null;
        DateTime end = local.Date + To;
        if (isOverMidnight && now >= To) end = end.AddDays(1);

        // Where the clock is set forward over the end, it comes with that; where the clock shows it twice, with the next time.
        if (zone.IsInvalidTime(end)) end = end.AddTicks(-(end.Ticks % TimeSpan.TicksPerMinute));
        while (zone.IsInvalidTime(end)) end = end.AddMinutes(1);
        TimeSpan[] offsets = zone.IsAmbiguousTime(end) ? zone.GetAmbiguousTimeOffsets(end) : [zone.GetUtcOffset(end)];
        return offsets.Select(offset => new DateTimeOffset(end, offset).ToUniversalTime()).Where(e => e > moment).Min();
    }
}
