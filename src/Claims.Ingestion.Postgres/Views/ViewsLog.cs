using Microsoft.Extensions.Logging;

namespace Claims.Ingestion.Postgres.Views;

internal static partial class ViewsLog
{
    [LoggerMessage(4000, LogLevel.Information, "Refreshed {View} in {Milliseconds:F0} ms because {Reason}", EventName = "ViewRefreshed")]
    public static partial void ViewRefreshed(this ILogger logger, string view, double milliseconds, string reason);

    [LoggerMessage(4001, LogLevel.Debug, "Skipped {View} because {Reason}", EventName = "ViewSkipped")]
    public static partial void ViewSkipped(this ILogger logger, string view, string reason);

    [LoggerMessage(4002, LogLevel.Warning, "The refresh of {View} failed; it is tried again at the next check: {Reason}", EventName = "RefreshFailed")]
    public static partial void RefreshFailed(this ILogger logger, string view, string reason);
}
