using Claims.Ingestion.Postgres.DataSources;
using Microsoft.Extensions.Logging;
using Npgsql;

namespace Claims.Ingestion.Postgres.Views;

/// <summary>Shows a report from what keeps it. Its name stays, and what is not filled yet is not shown; the switch waits a moment at most for readers, and is tried again at the next check.</summary>
internal static class ReportSwitch
{
    public static async Task TryAsync(RoleDataSource dataSource, string report, ReportMode mode, string reason, ILogger logger, CancellationToken cancellationToken)
    {
        await using NpgsqlConnection connection = await dataSource.OpenPrimaryAsync(cancellationToken);
        try
        {
            await using NpgsqlTransaction transaction = await connection.BeginTransactionAsync(cancellationToken);
            await using var command = new NpgsqlCommand(
                """
                WITH wrong AS MATERIALIZED (
                  SELECT view_name FROM claims.view_state v
                  WHERE view_name = $1 AND mode <> $2 AND CASE $2
                    WHEN 'materialized' THEN (SELECT relispopulated FROM pg_class WHERE oid = to_regclass(v.relation))
                    ELSE (SELECT is_complete FROM claims.summary_state s WHERE s.summary_name = v.summary_name) END
                  FOR UPDATE SKIP LOCKED),
                told AS (INSERT INTO claims.view_decision (view_name, decision, reason, changed_rows) SELECT view_name, 'switched', $3, 0 FROM wrong)
                SELECT claims.show_report(view_name, $2) FROM wrong
                """,
                connection);
            command.Parameters.Add(new NpgsqlParameter<string> { TypedValue = report });
            command.Parameters.Add(new NpgsqlParameter<string> { TypedValue = mode.ToString().ToLowerInvariant() });
            command.Parameters.Add(new NpgsqlParameter<string> { TypedValue = reason });
            bool isSwitched;
            await using (NpgsqlDataReader reader = await command.ExecuteReaderAsync(cancellationToken)) isSwitched = await reader.ReadAsync(cancellationToken);
            await transaction.CommitAsync(cancellationToken);
            if (!isSwitched) return;
            logger.ReportSwitched(report, mode, reason);

            // A report that was still to be shown from a materialized view kept them.
            await connection.ExecuteAsync(ViewChanges.Forget, cancellationToken);
        }
        catch (PostgresException exception) when (exception.SqlState is PostgresErrorCodes.LockNotAvailable or PostgresErrorCodes.SerializationFailure)
        {
            logger.ReportInUse(report, mode);
        }
    }
}
