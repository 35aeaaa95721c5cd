using Claims.Ingestion.Storage;
using Npgsql;

namespace Claims.Ingestion.Postgres.Writing;

/// <summary>Tells what the content is to blame for from what will pass. The server's own texts quote content, so they are not repeated.</summary>
internal static class StoreErrors
{
    public static ClaimStoreException Describe(PostgresException error)
    {
        string place = (error.TableName, error.ColumnName, error.ConstraintName) switch
        {
            ({ } table, { } column, _) => $" in {table}.{column}",
            ({ } table, _, { } constraint) => $" in {table} ({constraint})",
            ({ } table, _, _) => $" in {table}",
            _ => "",
        };
        return new ClaimStoreException($"PostgreSQL reported {error.SqlState} ({Meaning(error.SqlState)}){place}", !IsContent(error.SqlState));
    }

    public static ClaimStoreException Describe(NpgsqlException error) =>
        new($"the database cannot be reached: {error.InnerException?.GetType().Name ?? error.GetType().Name}", isTransient: true, error);

    /// <summary>
    /// Data exceptions, constraint violations and exceeded limits come from the content. A unique violation does not: another host stored
    /// the file in the same moment, and the next try finds it in the ledger.
    /// </summary>
    private static bool IsContent(string sqlState) =>
        sqlState != PostgresErrorCodes.UniqueViolation
        && (sqlState.StartsWith("22", StringComparison.Ordinal) || sqlState.StartsWith("23", StringComparison.Ordinal) || sqlState.StartsWith("54", StringComparison.Ordinal));

    private static string Meaning(string sqlState) => sqlState switch
    {
        PostgresErrorCodes.DeadlockDetected => "deadlock",
        PostgresErrorCodes.SerializationFailure => "serialization failure",
        PostgresErrorCodes.LockNotAvailable => "lock timeout",
        PostgresErrorCodes.QueryCanceled => "statement timeout",
        PostgresErrorCodes.DiskFull => "disk full",
        PostgresErrorCodes.TooManyConnections => "too many connections",
        PostgresErrorCodes.ReadOnlySqlTransaction => "the server is read-only",
        PostgresErrorCodes.UndefinedTable => "a table is missing: is the schema migrated?",
        PostgresErrorCodes.InsufficientPrivilege => "the account lacks a right",
        PostgresErrorCodes.AdminShutdown or PostgresErrorCodes.CrashShutdown or PostgresErrorCodes.CannotConnectNow => "the server is stopping or starting",
        _ when sqlState.StartsWith("22", StringComparison.Ordinal) => "a value does not fit its column",
        _ when sqlState.StartsWith("23", StringComparison.Ordinal) => "a constraint does not hold",
        _ when sqlState.StartsWith("54", StringComparison.Ordinal) => "a value is too large",
        _ when sqlState.StartsWith("08", StringComparison.Ordinal) => "connection trouble",
        _ when sqlState.StartsWith("53", StringComparison.Ordinal) => "the server is out of a resource",
        _ => "see the PostgreSQL manual, appendix A",
    };
}
