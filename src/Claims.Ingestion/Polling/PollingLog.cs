using Microsoft.Extensions.Logging;

namespace Claims.Ingestion.Polling;

/// <summary>What polling logs. File names may say who was treated, so they appear at Debug level only.</summary>
internal static partial class PollingLog
{
    [LoggerMessage(2000, LogLevel.Warning, "Facility {FacilityId}: {Count} symbolic links that lead out of the folder were refused. Replace them with the files.", EventName = "LinksRefused")]
    public static partial void LinksRefused(ILogger logger, string facilityId, int count);

    [LoggerMessage(2001, LogLevel.Warning, "Facility {FacilityId}: {Count} files could not be read and were left. Check their permissions, names and links; Debug level names them.", EventName = "FilesUnreadable")]
    public static partial void FilesUnreadable(ILogger logger, string facilityId, int count);

    [LoggerMessage(2002, LogLevel.Information, "Facility {FacilityId}: {Count} files are in use by another process and were left for the next poll.", EventName = "FilesInUse")]
    public static partial void FilesInUse(ILogger logger, string facilityId, int count);

    [LoggerMessage(2003, LogLevel.Debug, "Facility {FacilityId}: file {FileName} was left: {Reason}.", EventName = "FileLeft")]
    public static partial void FileLeft(ILogger logger, string facilityId, string fileName, string reason);

    [LoggerMessage(2004, LogLevel.Debug, "Facility {FacilityId}: file {FileName} was moved to {SubFolder}.", EventName = "FileMoved")]
    public static partial void FileMoved(ILogger logger, string facilityId, string fileName, string subFolder);
}
