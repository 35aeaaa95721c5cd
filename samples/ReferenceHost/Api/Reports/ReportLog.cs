namespace ReferenceHost.Api.Reports;

internal static partial class ReportLog
{
    [LoggerMessage(9000, LogLevel.Error, "The export of {Report} failed in the middle and was cut off", EventName = "ExportCutOff")]
    public static partial void ExportCutOff(this ILogger logger, string report, Exception exception);

    [LoggerMessage(9002, LogLevel.Warning, "A newer page of {Report} could not be read; until it is too old, that of before is shown", EventName = "PageNotRenewed")]
    public static partial void NotRenewed(this ILogger logger, string report, Exception exception);
}
