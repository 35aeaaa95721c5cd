using System.Security.Cryptography;
using System.Text.Json;
using Claims.Ingestion.Postgres.DataSources;
using Claims.Ingestion.Postgres.Writing;
using Npgsql;

namespace Claims.Ingestion.Postgres.Summaries;

/// <summary>Makes the tables of a summary where they are missing, and compares its definition with what was there before.</summary>
internal static class SummaryPreparation
{
    // One host at a time: "summary" in ASCII.
    private const long PreparationLock = 0x73756D6D617279;

    /// <exception cref="InvalidOperationException">The definition does not fit its tables, or PostgreSQL refuses it.</exception>
    public static async Task<SummarySql> PrepareAsync(NpgsqlConnection connection, SummaryDefinition definition, CancellationToken cancellationToken)
    {
        try
        {
            await using NpgsqlTransaction transaction = await connection.BeginTransactionAsync(cancellationToken);
            await connection.ExecuteAsync($"SELECT pg_advisory_xact_lock({PreparationLock})", cancellationToken);
            SummaryTable table = await EnsureTableAsync(connection, definition, cancellationToken);
            foreach (RollUp rollUp in definition.RollUps) await EnsureRollUpAsync(connection, definition, rollUp, cancellationToken);
            var sql = new SummarySql(definition, table);
            await RememberAsync(connection, definition, sql, cancellationToken);
            await transaction.CommitAsync(cancellationToken);
            return sql;
        }
        catch (PostgresException exception) when (!exception.IsTransient)
        {
            throw new InvalidOperationException(
                $"The summary {definition.Name} cannot be kept: {StoreErrors.Describe(exception).Message}. Its definition must be valid SQL, and to make its tables the account needs the right to create in their schema.", exception);
        }
    }

    private static async Task<SummaryTable> EnsureTableAsync(NpgsqlConnection connection, SummaryDefinition definition, CancellationToken cancellationToken)
    {
        SummaryTable? table = await SummaryTable.FindAsync(connection, definition.Name, cancellationToken);
        if (table is null)
        {
            await connection.ExecuteAsync(SummarySql.CreateOf(definition), cancellationToken);
            table = await SummaryTable.FindAsync(connection, definition.Name, cancellationToken) ?? throw new InvalidOperationException($"The table of {definition.Name} was dropped while it was made.");
        }

        await using var probe = new NpgsqlCommand(SummarySql.Probe(definition), connection);
        await using NpgsqlDataReader reader = await probe.ExecuteReaderAsync(cancellationToken);
        string[] given = [.. Enumerable.Range(0, reader.FieldCount).Select(reader.GetName)];
        if (!given.SequenceEqual(table.Names))
        {
            throw new InvalidOperationException(
                $"The table {table.Name} has the columns {string.Join(", ", table.Names)}, and the query of the summary gives {string.Join(", ", given)}. Give the summary another name, or drop its tables and the row of claims.summary_state.");
        }

        return table;
    }

    private static async Task EnsureRollUpAsync(NpgsqlConnection connection, SummaryDefinition definition, RollUp rollUp, CancellationToken cancellationToken)
    {
        if (await SummaryTable.FindAsync(connection, rollUp.Name, cancellationToken) is not { } table)
        {
            await connection.ExecuteAsync(SummarySql.CreateOf(definition, rollUp), cancellationToken);
            return;
        }

        string[] wanted = [.. rollUp.GroupBy.Select(g => g.Name), "row_count", .. rollUp.Sums.Select(s => s.Name)];
        if (!table.Names.SequenceEqual(wanted))
        {
            throw new InvalidOperationException(
                $"The table {table.Name} has the columns {string.Join(", ", table.Names)}, and the roll-up needs {string.Join(", ", wanted)}. Give the roll-up another name, or drop its tables.");
        }
    }

    /// <summary>A definition that changed holds for every key: the next pass computes all of them, and what it finds different is no error.</summary>
    private static async Task RememberAsync(NpgsqlConnection connection, SummaryDefinition definition, SummarySql sql, CancellationToken cancellationToken)
    {
        string hash = Convert.ToHexString(SHA256.HashData(JsonSerializer.SerializeToUtf8Bytes(definition)));
        await using var remember = new NpgsqlCommand(
            """
            INSERT INTO claims.summary_state AS s (summary_name, definition) VALUES ($1, $2)
            ON CONFLICT (summary_name) DO UPDATE SET definition = excluded.definition, is_sweep = true, after_key = NULL, pass_keys = 0, next_slice_at = NULL
              WHERE s.definition <> excluded.definition
            """,
            connection);
        remember.Parameters.Add(new NpgsqlParameter<string> { TypedValue = definition.Name });
        remember.Parameters.Add(new NpgsqlParameter<string> { TypedValue = hash });
        if (await remember.ExecuteNonQueryAsync(cancellationToken) > 0 && sql.Restart.Length > 0) await connection.ExecuteAsync(sql.Restart, cancellationToken);
    }
}
