using Microsoft.Extensions.Logging;

namespace Claims.Ingestion.Polling;

internal static partial class FacilityPollLog
{
    [LoggerMessage(2100, LogLevel.Debug, "A listed file of facility {FacilityId} is gone or still being written; it is left for the next poll", EventName = "FileNotReady")]
    public static partial void FileNotReady(this ILogger logger, string facilityId);

    [LoggerMessage(2101, LogLevel.Warning, "File {ExternalId} of facility {FacilityId} could not be fetched; the next poll tries again: {Reason}", EventName = "DownloadFailed")]
    public static partial void DownloadFailed(this ILogger logger, string facilityId, string externalId, string reason);
}
