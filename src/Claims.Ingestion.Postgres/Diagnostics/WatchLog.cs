using Microsoft.Extensions.Logging;

namespace Claims.Ingestion.Postgres.Diagnostics;

internal static partial class WatchLog
{
    [LoggerMessage(5050, LogLevel.Warning, "The watch does not see the database; it looks again every {Interval}: {Reason}", EventName = "WatchBlind")]
    public static partial void WatchBlind(this ILogger logger, TimeSpan interval, string reason);

    [LoggerMessage(5051, LogLevel.Information, "The watch sees the database again", EventName = "WatchSees")]
    public static partial void WatchSees(this ILogger logger);

    [LoggerMessage(5052, LogLevel.Warning, "The figures of the hour could not be kept; they are kept in memory and written when that works again: {Reason}", EventName = "HoursNotKept")]
    public static partial void HoursNotKept(this ILogger logger, string reason);
}
