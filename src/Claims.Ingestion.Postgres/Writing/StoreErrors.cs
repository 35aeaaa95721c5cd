using System.Globalization;
using System.Text.RegularExpressions;
using Claims.Ingestion.Postgres.DataSources;
using Claims.Ingestion.Storage;
using Npgsql;

namespace Claims.Ingestion.Postgres.Writing;

/// <summary>Tells what the content is to blame for from what will pass. The server's own texts quote content, so they are not repeated.</summary>
internal static partial class StoreErrors
{
    // Rows go to the table's pages in packets, after all of them were looked at: what is wrong there is reported with the number of the packet's last row.
    private const string PagePlacement = "RelationGetBufferForTuple";

    // RAISE may name any table, column and constraint, and so repeat content in their places.
    private const string Raise = "exec_stmt_raise";

    // It reports a check violation.
    private const string PartitionSearch = "ExecFindPartition";

    // Data exceptions, constraint violations, exceeded limits.
    private static readonly string[] ContentClasses = ["22", "23", "54"];

    /// <summary>Describes what the server reported, or that it cannot be reached.</summary>
    public static ClaimStoreException Describe(NpgsqlException error) => error switch
    {
        PostgresException report => new(Reason(report), !IsContent(report)),
        PoolExhaustedException or NoServerException => new(error.Message, isTransient: true, error),
        _ => new($"the database cannot be reached: {error.InnerException?.GetType().Name ?? error.GetType().Name}", isTransient: true, error),
    };

    /// <summary>Says what is wrong, without content.</summary>
    public static string Reason(PostgresException error)
    {
        Match copied = CopiedRow(error);
        string? copiedTable = copied.Success ? Table(copied) : null;
        string? copiedColumn = copied.Groups["column"].Success ? copied.Groups["column"].Value : null;
        bool isRaised = error.Routine == Raise;
        string place = (isRaised ? copiedTable : error.TableName ?? copiedTable, isRaised ? copiedColumn : error.ColumnName ?? copiedColumn, isRaised ? null : error.ConstraintName) switch
        {
            ({ } table, { } column, _) => $" in {WithoutMonth(table)}.{column}",
            ({ } table, _, { } constraint) => $" in {WithoutMonth(table)} ({constraint})",
            ({ } table, _, _) => $" in {WithoutMonth(table)}",
            _ => "",
        };
        string meaning = IsMissingPartition(error) ? "the partition of the month is missing"
            : IsRefusedByPooler(error) ? "a pooler in between refuses startup options: set Claims:Postgres:Pooler, and leave Options out of the connection string"
            : Meaning(error.SqlState);
        return $"PostgreSQL reported {error.SqlState} ({meaning}){place}";
    }

    /// <summary>The row of a COPY whose content is to blame.</summary>
    /// <returns>The table and the number of the row in the COPY into it, from 1; <see langword="null"/> when the error names none for certain.</returns>
    public static (string Table, long Row)? RefusedRow(PostgresException error)
    {
        Match copied = CopiedRow(error);

        return copied.Success && IsContent(error) && error.Routine != PagePlacement
            ? (Table(copied), long.Parse(copied.Groups["row"].Value, CultureInfo.InvariantCulture))
            : null;
    }

    // The server's account of where it was has a line for each thing that it was about; the COPY is the outermost. The words are in the server's language.
    private static Match CopiedRow(PostgresException error) => CopiedRowPattern().Match(error.Where ?? "");

    // A row goes into the partition of its month, and either may be named.
    private static string Table(Match copied) => WithoutMonth(copied.Groups["table"].Value);

    private static string WithoutMonth(string table) => Month().Replace(table, "");

    [GeneratedRegex(@"^COPY (?<table>\w+), \w+ (?<row>\d+)(, \w+ (?<column>\w+))?", RegexOptions.Multiline | RegexOptions.RightToLeft)]
    private static partial Regex CopiedRowPattern();

    [GeneratedRegex(@"_(\d{4}_\d{2}|older)$")]
    private static partial Regex Month();

    /// <summary>
    /// Data exceptions, constraint violations, exceeded limits and what users' triggers raise come from the content. A unique violation does not: another host stored
    /// the file in the same moment, and the next try finds it in the ledger.
    /// </summary>
    public static bool IsContent(PostgresException error) =>
        error.SqlState is not PostgresErrorCodes.UniqueViolation
        && !IsMissingPartition(error)
        && (error.SqlState is PostgresErrorCodes.RaiseException or PostgresErrorCodes.AssertFailure || ContentClasses.Contains(error.SqlState[..2]));

    /// <summary>Whether no partition takes a row.</summary>
    public static bool IsMissingPartition(PostgresException error) => error is { SqlState: PostgresErrorCodes.CheckViolation, Routine: PartitionSearch };

    /// <summary>Whether it came from a connection pooler such as PgBouncer, which refuses what a client wants set for its session.</summary>
    public static bool IsRefusedByPooler(PostgresException error) =>
        error.SqlState == PostgresErrorCodes.ProtocolViolation && error.MessageText.StartsWith("unsupported startup parameter", StringComparison.OrdinalIgnoreCase);

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
        PostgresErrorCodes.UndefinedFunction => "a function is missing: is the schema migrated?",
        PostgresErrorCodes.InsufficientPrivilege => "the account lacks a right",
        PostgresErrorCodes.AdminShutdown or PostgresErrorCodes.CrashShutdown or PostgresErrorCodes.CannotConnectNow => "the server is stopping or starting",
        PostgresErrorCodes.RaiseException or PostgresErrorCodes.AssertFailure => "a trigger refuses it",
        _ when sqlState.StartsWith("22", StringComparison.Ordinal) => "a value does not fit its column",
        _ when sqlState.StartsWith("23", StringComparison.Ordinal) => "a constraint does not hold",
        _ when sqlState.StartsWith("54", StringComparison.Ordinal) => "a value is too large",
        _ when sqlState.StartsWith("08", StringComparison.Ordinal) => "connection trouble",
        _ when sqlState.StartsWith("53", StringComparison.Ordinal) => "the server is out of a resource",
        _ => "see the PostgreSQL manual, appendix A",
    };
}
