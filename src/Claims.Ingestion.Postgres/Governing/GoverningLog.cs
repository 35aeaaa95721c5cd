using Microsoft.Extensions.Logging;

namespace Claims.Ingestion.Postgres.Governing;

internal static partial class GoverningLog
{
    [LoggerMessage(7001, LogLevel.Debug, "The database did not answer the governor; it is asked again in a second: {Reason}", EventName = "DatabaseSignalsFailed")]
    public static partial void DatabaseSignalsFailed(this ILogger logger, string reason);
}
