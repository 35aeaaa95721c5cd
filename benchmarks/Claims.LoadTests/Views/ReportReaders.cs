using System.Globalization;
using Claims.Ingestion.Postgres.DataSources;
using Claims.LoadTests.Routing;
using Claims.Measuring;
using Microsoft.Extensions.DependencyInjection;
using Npgsql;

namespace Claims.LoadTests.Views;

/// <summary>Readers of the reports: pages by facility and by payer, later pages, and the months of a payer, at a steady rate.</summary>
internal sealed class ReportReaders(BenchmarkDatabase database, double perSecond)
{
    private static readonly TimeSpan LookInterval = TimeSpan.FromMilliseconds(25);

    private readonly RoleDataSource _reports = database.Get<IServiceProvider>().GetRequiredKeyedService<RoleDataSource>(DataSourceRole.Report);

    public int LockWaits { get; private set; }

    public int Looks { get; private set; }

    /// <summary>Reads until it is stopped.</summary>
    /// <returns>The latencies, and how many reads failed.</returns>
    public async Task<(double[] Milliseconds, int Errors)> RunAsync(CancellationToken stop)
    {
        Task looking = LookAsync(stop);
        IReadOnlyList<Request> requests = await new OpenLoop(perSecond, ReadAsync).RunAsync(stop);
        await looking;
        return ([.. requests.Select(r => r.Latency.TotalMilliseconds)], requests.Count(r => r.Error is not null));
    }

    private async Task<Answer> ReadAsync(CancellationToken cancellationToken)
    {
        int n = Random.Shared.Next(1000);
        string facility = string.Create(CultureInfo.InvariantCulture, $"DHA-F-{n % 100:0000000}"), payer = string.Create(CultureInfo.InvariantCulture, $"INS{n % 20:000}");
        string sql = (n % 4) switch
        {
            0 => $"SELECT * FROM claims.mv_balance_amount_summary WHERE facility_id = '{facility}' ORDER BY provider_id, claim_id LIMIT 100",
            1 => $"SELECT * FROM claims.mv_balance_amount_summary WHERE facility_id = '{facility}' AND (provider_id, claim_id) > ('{facility}', 'C{n}') ORDER BY provider_id, claim_id LIMIT 100",
            2 => $"SELECT * FROM claims.mv_remittance_advice_summary WHERE payer_id = '{payer}' ORDER BY provider_id, claim_id LIMIT 100",
            _ => $"SELECT * FROM claims.mv_claim_summary_payerwise WHERE payer_id = '{payer}' ORDER BY payer_id, facility_id, month LIMIT 100",
        };
        await using NpgsqlConnection connection = await _reports.OpenReadAsync(cancellationToken: cancellationToken);
        await using var command = new NpgsqlCommand(sql, connection);
        await using NpgsqlDataReader reader = await command.ExecuteReaderAsync(cancellationToken);
        while (await reader.ReadAsync(cancellationToken))
        {
        }

        return new Answer(0, TimeSpan.Zero);
    }

    private async Task LookAsync(CancellationToken stop)
    {
        while (!stop.IsCancellationRequested)
        {
            LockWaits += (int)await database.ScalarAsync<long>(
                "SELECT count(*) FROM pg_stat_activity WHERE wait_event_type = 'Lock' AND query LIKE 'SELECT * FROM claims.mv\\_%'");
            Looks++;
            try
            {
                await Task.Delay(LookInterval, TimeProvider.System, stop);
            }
            catch (OperationCanceledException)
            {
                // The time is over.
            }
        }
    }
}
