using Microsoft.Extensions.Logging;

namespace Claims.Ingestion.Postgres.Summaries;

internal static partial class SummariesLog
{
    [LoggerMessage(4010, LogLevel.Information, "The summary {Summary} is filled", EventName = "SummaryFilled")]
    public static partial void SummaryFilled(this ILogger logger, string summary);

    [LoggerMessage(4011, LogLevel.Warning, "The audit of the summary {Summary} found {Rows} rows that were wrong and put them right. Somebody changed the summary, or stored claims, by hand; or this is an error of the library, to be reported", EventName = "SummaryDrifted")]
    public static partial void SummaryDrifted(this ILogger logger, string summary, long rows);

    [LoggerMessage(4012, LogLevel.Warning, "The summary {Summary} could not be brought up to date; it is tried again in some seconds: {Reason}", EventName = "SummaryFailed")]
    public static partial void SummaryFailed(this ILogger logger, string summary, string reason);
}
