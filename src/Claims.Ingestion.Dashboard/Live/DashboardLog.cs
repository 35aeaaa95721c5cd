using Microsoft.Extensions.Logging;

namespace Claims.Ingestion.Dashboard.Live;

internal static partial class DashboardLog
{
    [LoggerMessage(9000, LogLevel.Warning, "The dashboard could not look at the state of this host; it tries again each second.", EventName = "DashboardBeatFailed")]
    public static partial void BeatFailed(this ILogger logger, Exception exception);
}
