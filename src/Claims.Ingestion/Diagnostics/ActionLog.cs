using Microsoft.Extensions.Logging;

namespace Claims.Ingestion.Diagnostics;

internal static partial class ActionLog
{
    [LoggerMessage(8000, LogLevel.Information, "{By} asks for: {Action} {Target}", EventName = "ActionAsked")]
    public static partial void ActionAsked(this ILogger logger, string by, string action, string target);

    [LoggerMessage(8001, LogLevel.Information, "Done for {By}: {Action} {Target}: {Outcome}", EventName = "ActionDone")]
    public static partial void ActionDone(this ILogger logger, string by, string action, string target, string outcome);

    [LoggerMessage(8002, LogLevel.Warning, "Not done for {By}: {Action} {Target}: {Reason}", EventName = "ActionNotDone")]
    public static partial void ActionNotDone(this ILogger logger, string by, string action, string target, string reason);

    [LoggerMessage(8003, LogLevel.Error, "Not done for {By}: {Action} {Target} failed in an unexpected way", EventName = "ActionCrashed")]
    public static partial void ActionCrashed(this ILogger logger, string by, string action, string target, Exception exception);

    [LoggerMessage(8004, LogLevel.Error, "What came of action {Id} could not be recorded, so the record says that it still runs: {Reason}", EventName = "OutcomeNotRecorded")]
    public static partial void OutcomeNotRecorded(this ILogger logger, long id, string reason);
}
