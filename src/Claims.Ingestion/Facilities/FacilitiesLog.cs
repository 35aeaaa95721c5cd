using Microsoft.Extensions.Logging;

namespace Claims.Ingestion.Facilities;

internal static partial class FacilitiesLog
{
    [LoggerMessage(1100, LogLevel.Error, "The facilities of the reloaded configuration are not valid; those before it stay in force: {Reason}", EventName = "ReloadRefused")]
    public static partial void ReloadRefused(this ILogger logger, string reason);
}
