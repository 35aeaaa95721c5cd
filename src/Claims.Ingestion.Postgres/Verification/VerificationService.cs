using System.Globalization;
using Claims.Ingestion.Postgres.DataSources;
using Claims.Ingestion.Postgres.Writing;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using Npgsql;

namespace Claims.Ingestion.Postgres.Verification;

/// <summary>Verifies that rows and ledger agree, some files at each pass, round after round; one host at a time, where the last one stopped.</summary>
internal sealed class VerificationService(
    [FromKeyedServices(DataSourceRole.Report)] RoleDataSource dataSource, IOptions<PostgresOptions> options, TimeProvider time, ILogger<VerificationService> logger) : BackgroundService
{
    // A pass is to take well below a second.
    private const int MaxFiles = 1000;
    private const int MaxClaims = 20_000;
    private const int MaxNamedFiles = 10;

    private long _standing;

    public bool IsEnabled => options.Value.VerifyInterval > TimeSpan.Zero;

    /// <summary>How many discrepancies were standing at the last pass.</summary>
    public long Standing => Interlocked.Read(ref _standing);

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        if (!IsEnabled) return;
        try
        {
            while (true)
            {
                await Task.Delay(options.Value.VerifyInterval, time, stoppingToken);
                await RunOnceAsync(stoppingToken);
            }
        }
        catch (OperationCanceledException) when (stoppingToken.IsCancellationRequested)
        {
            // Stopping: the pass that was under way is begun again by whoever comes next.
        }
    }

    internal async Task RunOnceAsync(CancellationToken cancellationToken)
    {
        try
        {
            await using NpgsqlConnection connection = await dataSource.OpenPrimaryAsync(cancellationToken);
            await VerifyAsync(connection, cancellationToken);
            await using var count = new NpgsqlCommand("SELECT count(*) FROM claims.verification_finding", connection);
            Interlocked.Exchange(ref _standing, (long)(await count.ExecuteScalarAsync(cancellationToken))!);
        }
        catch (NpgsqlException exception)
        {
            logger.VerificationFailed(StoreErrors.Describe(exception).Message);
        }
    }

    private async Task VerifyAsync(NpgsqlConnection connection, CancellationToken cancellationToken)
    {
        await using NpgsqlTransaction transaction = await connection.BeginTransactionAsync(cancellationToken);
        if (await PositionAsync(connection, cancellationToken) is not { } position) return;
        if (await LastOfNextAsync(connection, position, cancellationToken) is { } last)
        {
            List<long> files = await RecordAsync(connection, position + 1, last, cancellationToken);
            await transaction.CommitAsync(cancellationToken);
            if (files.Count > 0)
                logger.DiscrepanciesFound(files.Count, string.Join(", ", files.Distinct().Take(MaxNamedFiles).Select(id => id.ToString(CultureInfo.InvariantCulture))));
            return;
        }

        await using var restart = new NpgsqlBatch(connection)
        {
            BatchCommands =
            {
                new NpgsqlBatchCommand("DELETE FROM claims.verification_finding WHERE file_id < (SELECT min(first_id) FROM claims.month_partition)"),
                new NpgsqlBatchCommand("UPDATE claims.verification SET verified_to = 0, rounds = rounds + 1, verified_at = now()"),
            },
        };
        await restart.ExecuteNonQueryAsync(cancellationToken);
        await transaction.CommitAsync(cancellationToken);
    }

    /// <returns>Up to where the files are verified, or <see langword="null"/> when another host is at it. Months before the first partition were removed.</returns>
    private static async Task<long?> PositionAsync(NpgsqlConnection connection, CancellationToken cancellationToken)
    {
        await using var command = new NpgsqlCommand(
            "SELECT greatest(verified_to, (SELECT min(first_id) - 1 FROM claims.month_partition)) FROM claims.verification FOR UPDATE SKIP LOCKED", connection);
        return (long?)await command.ExecuteScalarAsync(cancellationToken);
    }

    // Ids commit out of order; one that comes late is verified in the next round.
    private static async Task<long?> LastOfNextAsync(NpgsqlConnection connection, long position, CancellationToken cancellationToken)
    {
        await using var command = new NpgsqlCommand(
            """
            SELECT max(id) FROM (
              SELECT id, sum(claim_count) OVER (ORDER BY id) - claim_count AS claims_before
              FROM (SELECT id, claim_count FROM claims.claim_file WHERE id > $1 AND stored_at < now() - interval '10 minutes' ORDER BY id LIMIT $2) f
            ) s
            WHERE claims_before < $3
            """,
            connection);
        command.Parameters.Add(new NpgsqlParameter<long> { TypedValue = position });
        command.Parameters.Add(new NpgsqlParameter<int> { TypedValue = MaxFiles });
        command.Parameters.Add(new NpgsqlParameter<int> { TypedValue = MaxClaims });
        return await command.ExecuteScalarAsync(cancellationToken) as long?;
    }

    /// <returns>The file of each discrepancy.</returns>
    private static async Task<List<long>> RecordAsync(NpgsqlConnection connection, long first, long last, CancellationToken cancellationToken)
    {
        await using var batch = new NpgsqlBatch(connection);
        foreach (string sql in (string[])[
            "SET LOCAL jit = off",
            "DELETE FROM claims.verification_finding WHERE file_id BETWEEN $1 AND $2",
            "UPDATE claims.verification SET verified_to = $2, verified_at = now()",
            "INSERT INTO claims.verification_finding (file_id, what) SELECT file_id, what FROM claims.verify_files($1, $2) RETURNING file_id"])
        {
            var command = new NpgsqlBatchCommand(sql);
            if (sql.Contains('$', StringComparison.Ordinal))
            {
                command.Parameters.Add(new NpgsqlParameter<long> { TypedValue = first });
                command.Parameters.Add(new NpgsqlParameter<long> { TypedValue = last });
            }

            batch.BatchCommands.Add(command);
        }

        var files = new List<long>();
        await using NpgsqlDataReader reader = await batch.ExecuteReaderAsync(cancellationToken);
        while (await reader.ReadAsync(cancellationToken)) files.Add(reader.GetInt64(0));
        return files;
    }
}
