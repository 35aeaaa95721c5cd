using Microsoft.Extensions.Logging;

namespace Claims.Ingestion.Postgres.Schema;

internal static partial class SchemaLog
{
    [LoggerMessage(5000, LogLevel.Debug, "Schema: {Note}", EventName = "MigrationNote")]
    public static partial void MigrationNote(this ILogger logger, string note);

    [LoggerMessage(5001, LogLevel.Warning, "Schema: {Note}", EventName = "MigrationWarning")]
    public static partial void MigrationWarning(this ILogger logger, string note);

    [LoggerMessage(5002, LogLevel.Information, "The schema 'claims' is up to date", EventName = "SchemaReady")]
    public static partial void SchemaReady(this ILogger logger);
}
