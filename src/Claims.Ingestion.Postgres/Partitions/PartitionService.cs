using System.Globalization;
using Claims.Ingestion.Postgres.DataSources;
using Claims.Ingestion.Postgres.Writing;
using Claims.Ingestion.Storage;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Npgsql;

namespace Claims.Ingestion.Postgres.Partitions;

/// <summary>The upkeep of the partitions, every hour: months ahead, months that are kept no longer, and once a day the statistics of the partitioned tables.</summary>
internal sealed class PartitionService(
    MonthPartitions months, Retention retention, [FromKeyedServices(DataSourceRole.Report)] RoleDataSource dataSource, TimeProvider time, ILogger<PartitionService> logger) : BackgroundService
{
    internal static readonly TimeSpan Interval = TimeSpan.FromHours(1);

    // A starting host has more urgent things to do: the present month is there, or is made when it is needed.
    private static readonly TimeSpan AfterStart = TimeSpan.FromMinutes(1);

    // PostgreSQL 18 can leave out the partitions, which autovacuum analyzes.
    private const int FirstWithOnly = 18;

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        try
        {
            await Task.Delay(AfterStart, time, stoppingToken);
            await RunOnceAsync(analyze: false, stoppingToken);
            while (true)
            {
                await Task.Delay(Interval, time, stoppingToken);
                await RunOnceAsync(analyze: true, stoppingToken);
            }
        }
        catch (OperationCanceledException) when (stoppingToken.IsCancellationRequested)
        {
            // Stopping: the next start goes on.
        }
    }

    internal async Task RunOnceAsync(bool analyze, CancellationToken cancellationToken)
    {
        try
        {
            await months.CreateAheadAsync(cancellationToken);
            await retention.RunOnceAsync(cancellationToken);
            if (analyze) await AnalyzeAsync(cancellationToken);
        }
        catch (NpgsqlException exception)
        {
            logger.PartitionUpkeepFailed(StoreErrors.Describe(exception).Message);
        }
        catch (ClaimStoreException exception)
        {
            logger.PartitionUpkeepFailed(exception.Message);
        }
    }

    /// <summary>Autovacuum analyzes the partitions, but never the tables above them. The first host that comes does it for all.</summary>
    private async Task AnalyzeAsync(CancellationToken cancellationToken)
    {
        await using NpgsqlConnection connection = await dataSource.OpenPrimaryAsync(cancellationToken);
        var due = new List<string>();
        await using (var command = new NpgsqlCommand(
            """
            SELECT t FROM unnest(claims.month_tables()) t
            WHERE coalesce((SELECT last_analyze FROM pg_stat_all_tables WHERE schemaname = 'claims' AND relname = t), '-infinity') < now() - interval '1 day'
            """,
            connection))
        {
            await using NpgsqlDataReader reader = await command.ExecuteReaderAsync(cancellationToken);
            while (await reader.ReadAsync(cancellationToken)) due.Add(reader.GetString(0));
        }

        string only = connection.PostgreSqlVersion.Major >= FirstWithOnly ? "ONLY " : "";
        foreach (string table in due)
        {
            await using var analyze = new NpgsqlCommand(string.Create(CultureInfo.InvariantCulture, $"ANALYZE {only}claims.{table}"), connection);
            await analyze.ExecuteNonQueryAsync(cancellationToken);
        }
    }
}
