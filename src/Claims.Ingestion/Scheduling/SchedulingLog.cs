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

    [LoggerMessage(1006, LogLevel.Warning, "The leases of facilities cannot be asked for; polls wait and it is tried again in {Delay}: {Reason}", EventName = "LeasesUnavailable")]
    public static partial void LeasesUnavailable(this ILogger logger, TimeSpan delay, string reason);

    [LoggerMessage(1007, LogLevel.Warning, "The poll of facility {FacilityId} was stopped: this host was cut off from the database, or stood still, beyond its lease. Another host goes on with it", EventName = "LeaseLost")]
    public static partial void LeaseLost(this ILogger logger, string facilityId);

    [LoggerMessage(1008, LogLevel.Warning, "The lease of facility {FacilityId} could not be given back; it runs out by itself, and the slot is polled once more: {Reason}", EventName = "LeaseNotReleased")]
    public static partial void LeaseNotReleased(this ILogger logger, string facilityId, string reason);

    [LoggerMessage(1009, LogLevel.Information, "Taking over facility {FacilityId}, slot {Slot}: the host that polled it gives no sign of life", EventName = "TakingOver")]
    public static partial void TakingOver(this ILogger logger, string facilityId, DateTimeOffset slot);

    [LoggerMessage(1010, LogLevel.Information, "{Missed} slots passed while no host was there; {CatchUps} are made up for over the next interval, the others by the slots that come", EventName = "SlotsMissed")]
    public static partial void SlotsMissed(this ILogger logger, int missed, int catchUps);

    [LoggerMessage(1011, LogLevel.Warning, "Facility {FacilityId} is {Volume}: {Reason}", EventName = "VolumeUnusual")]
    public static partial void VolumeUnusual(this ILogger logger, string facilityId, Volumes.VolumeState volume, string reason);

    [LoggerMessage(1012, LogLevel.Information, "Facility {FacilityId} brings as much as usual again", EventName = "VolumeUsual")]
    public static partial void VolumeUsual(this ILogger logger, string facilityId);

    [LoggerMessage(1013, LogLevel.Warning, "The records of facilities cannot be read; polls go on by what is known, and it is tried again in {Delay}: {Reason}", EventName = "RecordsUnavailable")]
    public static partial void RecordsUnavailable(this ILogger logger, TimeSpan delay, string reason);
}
