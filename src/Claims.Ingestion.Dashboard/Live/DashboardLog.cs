using Microsoft.Extensions.Logging;

namespace Claims.Ingestion.Dashboard.Live;

internal static partial class DashboardLog
{
    [LoggerMessage(9000, LogLevel.Warning, "The dashboard could not look at the state of this host; it tries again each second.", EventName = "DashboardBeatFailed")]
    public static partial void BeatFailed(this ILogger logger, Exception exception);

    [LoggerMessage(9001, LogLevel.Warning, "Nobody may act on the dashboard: there is no authorization policy {Policy}. Add it with AddAuthorization, or set DashboardOptions.ActionsPolicy to null.", EventName = "DashboardPolicyUnknown")]
    public static partial void PolicyUnknown(this ILogger logger, string policy);
}
