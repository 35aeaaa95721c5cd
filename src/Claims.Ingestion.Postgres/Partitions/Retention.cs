using System.Globalization;
using Claims.Ingestion.Postgres.DataSources;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using Npgsql;

namespace Claims.Ingestion.Postgres.Partitions;

/// <summary>
/// Removes the partitions of months that are not kept any longer: each is detached, which blocks nobody, and then dropped, when nobody can see it any more. One partition at a time,
/// the oldest month first and its tables in the order of storing; whatever a run leaves unfinished is finished by the next one.
/// </summary>
internal sealed class Retention(IOptions<PostgresOptions> options, MonthPartitions months, ILogger<Retention> logger)
{
    // One host at a time: "retain" in ASCII.
    private const long RetentionLock = 0x72657461696E;

    // Tells a table that is to be dropped from one that an administrator detached to keep it.
    private const string Mark = "removed by Claims:Postgres:KeepMonths";

    private static readonly string[] TablesWithClaims = ["claim", "remittance_claim"];

    /// <summary>How long a removal waits for readers of the table that are still at work.</summary>
    internal TimeSpan LockTimeout { get; init; } = TimeSpan.FromSeconds(5);

    // Behind a pooler that gives a connection for each transaction, nothing may be set for the session: there the client cancels what waits.
    private bool IsSessionShared => options.Value.Pooler == PoolerMode.Transaction;

    public async Task RunOnceAsync(CancellationToken cancellationToken)
    {
        if (options.Value.KeepMonths is not { } keep) return;

        // What detaches may not be in a transaction, so the lock, which is of a transaction, has a connection of its own.
        await using NpgsqlConnection guard = await months.OpenAsync(cancellationToken);
        await using NpgsqlTransaction transaction = await guard.BeginTransactionAsync(cancellationToken);
        await using (var takeLock = new NpgsqlCommand("SELECT pg_try_advisory_xact_lock($1)", guard, transaction) { Parameters = { new NpgsqlParameter<long> { TypedValue = RetentionLock } } })
        {
            if (!(bool)(await takeLock.ExecuteScalarAsync(cancellationToken))!) return;
        }

        // It idles while the work is done. The statement also ends the portal of the one before, whose snapshot a FINALIZE would wait for.
        await ExecuteAsync(guard, "SET LOCAL idle_in_transaction_session_timeout = 0", cancellationToken);

        await using NpgsqlConnection connection = await months.OpenAsync(cancellationToken);
        if (!IsSessionShared) await ExecuteAsync(connection, string.Create(CultureInfo.InvariantCulture, $"SET lock_timeout = {(long)LockTimeout.TotalMilliseconds}"), cancellationToken);
        foreach (Partition partition in await ReadDueAsync(connection, keep, cancellationToken))
        {
            await RemoveAsync(connection, partition, cancellationToken);
            months.Forget();
            logger.PartitionRemoved(partition.Name);
        }
    }

    private static async Task<List<Partition>> ReadDueAsync(NpgsqlConnection connection, int keep, CancellationToken cancellationToken)
    {
        await using var command = new NpgsqlCommand(
            """
            SELECT t.name, p.partition, p.is_detaching, p.next_id, t.place
            FROM unnest(claims.month_tables()) WITH ORDINALITY t (name, place)
            JOIN claims.month_partition p ON p.parent = t.name
            WHERE p.next_id <= claims.first_file_id(claims.file_month() - $1)
            UNION ALL
            SELECT t.name, c.relname, NULL, 0, t.place
            FROM unnest(claims.month_tables()) WITH ORDINALITY t (name, place)
            JOIN pg_class c ON c.relnamespace = 'claims'::regnamespace AND c.relkind = 'r' AND NOT c.relispartition AND c.relname ~ ('^' || t.name || '_(\d{4}_\d{2}|older)$')
            WHERE obj_description(c.oid, 'pg_class') = $2
            ORDER BY 4, 5, 2
            """,
            connection);
        command.Parameters.Add(new NpgsqlParameter<int> { TypedValue = keep });
        command.Parameters.Add(new NpgsqlParameter<string> { TypedValue = Mark });
        var due = new List<Partition>();
        await using NpgsqlDataReader reader = await command.ExecuteReaderAsync(cancellationToken);
        while (await reader.ReadAsync(cancellationToken))
            due.Add(new Partition(reader.GetString(0), reader.GetString(1), await reader.IsDBNullAsync(2, cancellationToken) ? null : reader.GetBoolean(2)));
        return due;
    }

    private async Task RemoveAsync(NpgsqlConnection connection, Partition partition, CancellationToken cancellationToken)
    {
        if (partition.IsDetaching is { } isDetaching)
        {
            await ExecuteAsync(connection, $"COMMENT ON TABLE claims.{partition.Name} IS '{Mark}'", cancellationToken);
            await ExecuteAsync(connection, $"ALTER TABLE claims.{partition.Table} DETACH PARTITION claims.{partition.Name} {(isDetaching ? "FINALIZE" : "CONCURRENTLY")}", cancellationToken);
        }

        // Together, so that the views come to know of it whatever happens in between.
        await using NpgsqlTransaction transaction = await connection.BeginTransactionAsync(cancellationToken);
        if (TablesWithClaims.Contains(partition.Table))
        {
            await ExecuteAsync(
                connection,
                $"INSERT INTO claims.view_change (rows) SELECT least(greatest(reltuples, 1), 2000000000)::integer FROM pg_class WHERE oid = 'claims.{partition.Name}'::regclass",
                cancellationToken);
        }

        await ExecuteAsync(connection, $"DROP TABLE claims.{partition.Name}", cancellationToken);
        await transaction.CommitAsync(cancellationToken);
    }

    private async Task ExecuteAsync(NpgsqlConnection connection, string sql, CancellationToken cancellationToken)
    {
        await using var command = new NpgsqlCommand(sql, connection);
        if (IsSessionShared) command.CommandTimeout = (int)Math.Ceiling(LockTimeout.TotalSeconds);
        await command.ExecuteNonQueryAsync(cancellationToken);
    }

    /// <summary>A partition that is to go; <paramref name="IsDetaching"/> is <see langword="null"/> when it is detached already.</summary>
    private sealed record Partition(string Table, string Name, bool? IsDetaching);
}
