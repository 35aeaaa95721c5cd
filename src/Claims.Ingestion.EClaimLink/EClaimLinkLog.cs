using Microsoft.Extensions.Logging;

namespace Claims.Ingestion.EClaimLink;

/// <summary>What the poller logs: never a login, a password, a file's name, or a text of the gateway.</summary>
internal static partial class EClaimLinkLog
{
    [LoggerMessage(6000, LogLevel.Error, "Facility {FacilityId} is parked: the gateway refused its login with result {Code}. It is not called again until its login or password is changed.", EventName = "FacilityParked")]
    public static partial void Parked(this ILogger logger, string facilityId, int code);

    [LoggerMessage(6001, LogLevel.Information, "Facility {FacilityId} has another login or password now and is called again.", EventName = "FacilityResumed")]
    public static partial void Resumed(this ILogger logger, string facilityId);

    [LoggerMessage(6002, LogLevel.Debug, "Facility {FacilityId}: try {Attempt} failed, the next follows in {Delay}: {Reason}", EventName = "CallRetried")]
    public static partial void Retrying(this ILogger logger, string facilityId, int attempt, TimeSpan delay, string reason);

    [LoggerMessage(6003, LogLevel.Warning, "Facility {FacilityId}: too many calls failed, none is made for {BreakDuration}. The last failure: {Reason}", EventName = "BreakerOpened")]
    public static partial void BreakerOpened(this ILogger logger, string facilityId, TimeSpan breakDuration, string reason);

    [LoggerMessage(6004, LogLevel.Information, "Facility {FacilityId}: calls succeed again.", EventName = "BreakerClosed")]
    public static partial void BreakerClosed(this ILogger logger, string facilityId);

    [LoggerMessage(6005, LogLevel.Warning, "Facility {FacilityId}: {Operation} was answered with the result {Code}, which is not known. Ask the gateway's operator what it means.", EventName = "UnknownCode")]
    public static partial void UnknownCode(this ILogger logger, string facilityId, string operation, int code);

    [LoggerMessage(6006, LogLevel.Warning, "Facility {FacilityId}: the gateway no longer has file {ExternalId}; {Operation} is given up for it.", EventName = "FileGone")]
    public static partial void FileGone(this ILogger logger, string facilityId, string externalId, string operation);

    [LoggerMessage(6007, LogLevel.Warning, "Facility {FacilityId}: {Count} entries of the gateway's list name no file and were left out. Ask its operator.", EventName = "EntriesDamaged")]
    public static partial void EntriesDamaged(this ILogger logger, string facilityId, int count);

    [LoggerMessage(6008, LogLevel.Warning, "Facility {FacilityId}: a search over the smallest window, from {From} to {To}, brought {Count} files, which may not be all. Lower Claims:EClaimLink:SmallestSearchWindow, or set AnswerCap if the gateway's limit is known.", EventName = "SearchCapped")]
    public static partial void SearchCapped(this ILogger logger, string facilityId, string from, string to, int count);
}
