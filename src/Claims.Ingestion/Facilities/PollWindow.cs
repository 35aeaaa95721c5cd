namespace Claims.Ingestion.Facilities;

/// <summary>The time of the day in which a facility is polled, in its own time zone. A poll begins within it and may end after it.</summary>
/// <param name="From">When it opens, local time.</param>
/// <param name="To">When it closes, local time. Earlier than <paramref name="From"/>: on the next day.</param>
/// <param name="TimeZone">The IANA name of the time zone, for example <c>Asia/Dubai</c>. Daylight saving is followed.</param>
public sealed record PollWindow(TimeOnly From, TimeOnly To, string TimeZone);
