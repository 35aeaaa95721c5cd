using Microsoft.Extensions.Logging;

namespace Claims.Ingestion.Scheduling;

internal static partial class SchedulingLog
{
    [LoggerMessage(1000, LogLevel.Information, "Polling {Facilities} facilities every {Interval}, {Strategy}, at most {MaxConcurrent} at once", EventName = "ScheduleStarted")]
    public static partial void ScheduleStarted(this ILogger logger, int facilities, TimeSpan interval, ScheduleStrategy strategy, int maxConcurrent);

    [LoggerMessage(1001, LogLevel.Warning, "{Facilities} facilities with a stagger of {Stagger} do not fit the interval of {Interval}; they are spread evenly over it", EventName = "ScheduleCrowded")]
    public static partial void ScheduleCrowded(this ILogger logger, int facilities, TimeSpan stagger, TimeSpan interval);

    [LoggerMessage(1002, LogLevel.Warning, "The poll of facility {FacilityId} failed, {Failures} times in a row: {Reason}", EventName = "PollFailed")]
    public static partial void PollFailed(this ILogger logger, string facilityId, int failures, string reason);

    [LoggerMessage(1003, LogLevel.Warning, "The slot of facility {FacilityId} is skipped: its poll before is still running", EventName = "SlotSkipped")]
    public static partial void SlotSkipped(this ILogger logger, string facilityId);

    [LoggerMessage(1004, LogLevel.Error, "The facilities could not be read; trying again in {Delay}", EventName = "DirectoryFailed")]
    public static partial void DirectoryFailed(this ILogger logger, TimeSpan delay, Exception exception);

    [LoggerMessage(1005, LogLevel.Error, "The poll of facility {FacilityId} failed, {Failures} times in a row, in an unexpected way", EventName = "PollCrashed")]
    public static partial void PollCrashed(this ILogger logger, string facilityId, int failures, Exception exception);
}
