using Microsoft.Extensions.Logging;

namespace Claims.Ingestion.Postgres.DataSources;

internal static partial class DataSourcesLog
{
    [LoggerMessage(5030, LogLevel.Information, "{Server} answers: {Role}", EventName = "ServerFound")]
    public static partial void ServerFound(this ILogger logger, string server, ServerRole role);

    [LoggerMessage(5031, LogLevel.Warning, "{Server} does not answer: {Reason}", EventName = "ServerLost")]
    public static partial void ServerLost(this ILogger logger, string server, string reason);

    [LoggerMessage(5032, LogLevel.Warning, "{Server} is now a {Role}; its connections are dropped", EventName = "ServerChanged")]
    public static partial void ServerChanged(this ILogger logger, string server, ServerRole role);

    [LoggerMessage(5033, LogLevel.Warning, "{Server} is {Seconds:0.0} s and {Bytes} bytes behind: it gets no reads until it has caught up", EventName = "ReplicaLate")]
    public static partial void ReplicaLate(this ILogger logger, string server, double seconds, long bytes);

    [LoggerMessage(5034, LogLevel.Information, "{Server} has caught up", EventName = "ReplicaCaughtUp")]
    public static partial void ReplicaCaughtUp(this ILogger logger, string server);

    [LoggerMessage(5035, LogLevel.Warning, "A connection of the {Role} pool to {Server} is held for {Seconds:0} s now. It was opened by {Opener}: is it disposed?", EventName = "ConnectionOverdue")]
    public static partial void ConnectionOverdue(this ILogger logger, DataSourceRole role, string server, double seconds, string opener);
}
