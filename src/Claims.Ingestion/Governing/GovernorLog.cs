using Microsoft.Extensions.Logging;

namespace Claims.Ingestion.Governing;

internal static partial class GovernorLog
{
    [LoggerMessage(7000, LogLevel.Warning, "The signals of the governor changed: ingestion has {Reason}", EventName = "SignalsChanged")]
    public static partial void SignalsChanged(this ILogger logger, string reason);
}
