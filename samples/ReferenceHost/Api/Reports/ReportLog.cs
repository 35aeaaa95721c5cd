namespace ReferenceHost.Api.Reports;

internal static partial class ReportLog
{
    [LoggerMessage(9000, LogLevel.Error, "The export of {Report} failed in the middle and was cut off", EventName = "ExportCutOff")]
    public static partial void ExportCutOff(this ILogger logger, string report, Exception exception);
}
