using Microsoft.Extensions.Logging;

namespace Claims.Ingestion.Pipeline;

internal static partial class PipelineLog
{
    [LoggerMessage(3000, LogLevel.Information, "Stored batch: {Files} files, {Claims} claims, {RemittanceClaims} remittance claims in {Milliseconds:F0} ms", EventName = "BatchStored")]
    public static partial void BatchStored(this ILogger logger, int files, int claims, int remittanceClaims, double milliseconds);

    [LoggerMessage(3001, LogLevel.Warning, "Quarantined file {ExternalId} of facility {FacilityId}: {Reason}", EventName = "FileQuarantined")]
    public static partial void FileQuarantined(this ILogger logger, string facilityId, string externalId, string? reason);

    [LoggerMessage(3002, LogLevel.Information, "Skipped file {ExternalId} of facility {FacilityId}: {Reason}", EventName = "FileSkipped")]
    public static partial void FileSkipped(this ILogger logger, string facilityId, string externalId, string? reason);

    [LoggerMessage(3003, LogLevel.Warning, "Left {LeftOut} claims out of file {ExternalId} of facility {FacilityId}; claims.claim_error says why", EventName = "ClaimsLeftOut")]
    public static partial void ClaimsLeftOut(this ILogger logger, string facilityId, string externalId, int leftOut);

    [LoggerMessage(3004, LogLevel.Warning, "The store did not take a batch of {Files} files (attempt {Attempt}), trying again in {Delay}: {Reason}", EventName = "BatchRetried")]
    public static partial void BatchRetried(this ILogger logger, int files, int attempt, TimeSpan delay, string reason);

    [LoggerMessage(3005, LogLevel.Error, "File {ExternalId} of facility {FacilityId} is left for the next poll", EventName = "FileLeft")]
    public static partial void FileLeft(this ILogger logger, string facilityId, string externalId, Exception? exception);

    [LoggerMessage(3006, LogLevel.Warning, "The store refused a batch of {Files} files; its halves are tried: {Reason}", EventName = "BatchSplit")]
    public static partial void BatchSplit(this ILogger logger, int files, string reason);

    [LoggerMessage(3007, LogLevel.Warning, "File {ExternalId} of facility {FacilityId} is committed but its source did not take the acknowledgement; the next poll tries again: {Reason}", EventName = "AcknowledgementFailed")]
    public static partial void AcknowledgementFailed(this ILogger logger, string facilityId, string externalId, string reason);

    [LoggerMessage(3008, LogLevel.Information, "Draining: {Files} files in flight, at most {Timeout}", EventName = "Draining")]
    public static partial void Draining(this ILogger logger, int files, TimeSpan timeout);

    [LoggerMessage(3009, LogLevel.Warning, "The drain time is over; {Files} files are left for the next start", EventName = "DrainTimedOut")]
    public static partial void DrainTimedOut(this ILogger logger, int files);

    [LoggerMessage(3010, LogLevel.Critical, "Stage {Stage} of the pipeline failed; restart the host", EventName = "StageFailed")]
    public static partial void StageFailed(this ILogger logger, string stage, Exception exception);

    [LoggerMessage(3011, LogLevel.Warning, "{Files} files were not stored: the leases of {Facilities}, under which they were fetched, are lost; another host fetches them", EventName = "FilesWithoutLease")]
    public static partial void LeaseLost(this ILogger logger, int files, string facilities);

    [LoggerMessage(3012, LogLevel.Warning, "The store refused {Claims} claims of file {ExternalId} of facility {FacilityId}; it is tried again without them: {Reason}", EventName = "ClaimsRefused")]
    public static partial void ClaimsRefused(this ILogger logger, int claims, string externalId, string facilityId, string reason);
}
