using Microsoft.Extensions.Logging;

namespace Claims.Ingestion.Postgres.Views;

internal static partial class ViewsLog
{
    [LoggerMessage(4000, LogLevel.Information, "Refreshed {View} in {Milliseconds:F0} ms because {Reason}", EventName = "ViewRefreshed")]
    public static partial void ViewRefreshed(this ILogger logger, string view, double milliseconds, string reason);

    [LoggerMessage(4001, LogLevel.Debug, "{View} was {Decision} because {Reason}", EventName = "ViewSkipped")]
    public static partial void ViewSkipped(this ILogger logger, string view, string decision, string reason);

    [LoggerMessage(4002, LogLevel.Warning, "The refresh of {View} failed; it is tried again at a later check: {Reason}", EventName = "RefreshFailed")]
    public static partial void RefreshFailed(this ILogger logger, string view, string reason);

    [LoggerMessage(4003, LogLevel.Warning, "{View} takes {Megabytes} MB, three times what its rows need. What is free in it is used again, but only REFRESH MATERIALIZED VIEW {Relation} gives it back, and that blocks readers while it runs", EventName = "ViewBloated")]
    public static partial void ViewBloated(this ILogger logger, string view, long megabytes, string relation);

    [LoggerMessage(4004, LogLevel.Information, "{Report} is {Mode} from now on: {Reason}", EventName = "ReportSwitched")]
    public static partial void ReportSwitched(this ILogger logger, string report, ReportMode mode, string reason);

    [LoggerMessage(4005, LogLevel.Debug, "{Report} is not {Mode} yet, because somebody reads it; the next check tries again", EventName = "ReportInUse")]
    public static partial void ReportInUse(this ILogger logger, string report, ReportMode mode);
}
