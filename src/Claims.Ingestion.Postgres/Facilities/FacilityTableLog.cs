using Microsoft.Extensions.Logging;

namespace Claims.Ingestion.Postgres.Facilities;

internal static partial class FacilityTableLog
{
    [LoggerMessage(5200, LogLevel.Information, "Facility {FacilityId} was set in claims.facility", EventName = "FacilitySet")]
    public static partial void FacilitySet(this ILogger logger, string facilityId);

    [LoggerMessage(5201, LogLevel.Information, "Facility {FacilityId} was removed from claims.facility", EventName = "FacilityRemoved")]
    public static partial void FacilityRemoved(this ILogger logger, string facilityId);

    [LoggerMessage(5202, LogLevel.Information, "Facility {FacilityId} was set to paused: {IsPaused}", EventName = "FacilityPaused")]
    public static partial void FacilityPaused(this ILogger logger, string facilityId, bool isPaused);

    [LoggerMessage(5203, LogLevel.Information, "{Count} facilities were imported into claims.facility", EventName = "FacilitiesImported")]
    public static partial void FacilitiesImported(this ILogger logger, int count);

    [LoggerMessage(5204, LogLevel.Warning, "{Count} rows of claims.facility are left out, and the other facilities go on. {Problems} Correct the rows; this host sees it by itself", EventName = "FacilityRowsLeftOut")]
    public static partial void FacilityRowsLeftOut(this ILogger logger, int count, string problems);

    [LoggerMessage(5205, LogLevel.Warning, "claims.facility cannot be read, since {Reason}: the {Count} facilities that were read last stay, and changes are not seen until it answers", EventName = "FacilityTableAway")]
    public static partial void FacilityTableAway(this ILogger logger, string reason, int count);

    [LoggerMessage(5206, LogLevel.Information, "claims.facility can be read again", EventName = "FacilityTableBack")]
    public static partial void FacilityTableBack(this ILogger logger);
}
