using Claims.Ingestion.Postgres.DataSources;
using Claims.Ingestion.Postgres.Partitions;
using Claims.Ingestion.Postgres.Views;
using Claims.Ingestion.Storage;
using Claims.Ingestion.TestSupport;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Options;
using Npgsql;

namespace Claims.Ingestion.Postgres.Tests.Partitions;

public sealed class RetentionTests : IAsyncLifetime
{
    private const string Months = "SELECT DISTINCT substring(partition FROM '\\d{4}_\\d{2}$') FROM claims.month_partition WHERE first_id BETWEEN claims.first_file_id(2031 * 12) AND claims.first_file_id(claims.file_month()) ORDER BY 1";

    private ClaimsDatabase _database = null!;
    private ServiceProvider _services = null!;

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync()
    {
        _database = await ClaimsDatabase.CreateAsync();
        _services = TestServices.Create(_database.ConnectionString, new Dictionary<string, string?> { ["Claims:Postgres:KeepMonths"] = "2" });
        foreach (int month in (int[])[1, 2, 3, 4])
        {
            await _database.ExecuteAsync(
                $"CREATE OR REPLACE FUNCTION claims.file_month() RETURNS bigint STABLE PARALLEL SAFE LANGUAGE sql AS 'SELECT {(2031 * 12) + month - 1}::bigint'");
            await _services.Store().StoreAsync([File(month)], Token);
        }
    }

    public async ValueTask DisposeAsync()
    {
        await _services.DisposeAsync();
        await _database.DisposeAsync();
    }

    [Fact]
    public async Task RunOnceAsync_OldMonths_AreRemovedAndTheViewsAndTheLedgerKnow()
    {
        var views = _services.GetRequiredService<ReportViews>();
        await views.RefreshAllAsync("test", Token);

        await _services.GetRequiredService<Retention>().RunOnceAsync(Token);

        Assert.Equal(["(2031_02)", "(2031_03)", "(2031_04)"], await _database.RowsAsync(Months));
        Assert.Equal(0, await _database.ScalarAsync<long>("SELECT count(*) FROM pg_class WHERE relname LIKE '%2031\\_01'"));
        Assert.True((await views.GetReportsAsync(Token))[0].WaitingClaims > 0);
        await views.RefreshAllAsync("test", Token);
        Assert.Equal(["(C2)", "(C3)", "(C4)"], await _database.RowsAsync("SELECT claim_id FROM claims.mv_balance_amount_summary ORDER BY 1"));

        // Listed again, the file is known, and nothing of it comes back.
        Assert.Equal(FileStatus.Stored, (await _services.Store().StoreAsync([File(1)], Token))[0].Status);
        Assert.Equal(["(C2)", "(C3)", "(C4)"], await _database.RowsAsync("SELECT claim_id FROM claims.claim ORDER BY 1"));
    }

    [Fact]
    public async Task RunOnceAsync_InterruptedByAReader_IsFinishedByTheNextRun()
    {
        // What a run left that ended between detaching and dropping; and what an administrator detached to keep.
        await _database.ExecuteAsync("COMMENT ON TABLE claims.diagnosis_2031_01 IS 'removed by Claims:Postgres:KeepMonths'; ALTER TABLE claims.diagnosis DETACH PARTITION claims.diagnosis_2031_01");
        await _database.ExecuteAsync("ALTER TABLE claims.observation DETACH PARTITION claims.observation_2031_01");
        await using (NpgsqlConnection reader = await _database.DataSource.OpenConnectionAsync(Token))
        {
            await using NpgsqlTransaction transaction = await reader.BeginTransactionAsync(Token);
            await using (var read = new NpgsqlCommand("SELECT count(*) FROM claims.claim", reader)) await read.ExecuteScalarAsync(Token);
            var hasty = new Retention(_services.GetRequiredService<IOptions<PostgresOptions>>(), _services.GetRequiredService<MonthPartitions>(), NullLogger<Retention>.Instance) { LockTimeout = TimeSpan.FromMilliseconds(50) };
            Assert.Equal(PostgresErrorCodes.LockNotAvailable, (await Assert.ThrowsAsync<PostgresException>(() => hasty.RunOnceAsync(Token))).SqlState);
            Assert.Equal(["(claim)"], await _database.RowsAsync("SELECT parent FROM claims.month_partition WHERE is_detaching"));
        }

        await _services.GetRequiredService<Retention>().RunOnceAsync(Token);

        Assert.Equal(["(observation_2031_01)"], await _database.RowsAsync("SELECT relname FROM pg_class WHERE relname LIKE '%2031\\_01'"));
        Assert.Equal(["(2031_02)", "(2031_03)", "(2031_04)"], await _database.RowsAsync(Months));
    }

    [Fact]
    public async Task RunOnceAsync_ByDefault_KeepsEverything()
    {
        await using ServiceProvider services = TestServices.Create(_database.ConnectionString);

        await services.GetRequiredService<Retention>().RunOnceAsync(Token);

        Assert.Equal(["(2031_01)", "(2031_02)", "(2031_03)", "(2031_04)"], await _database.RowsAsync(Months));
    }

    private static SampleFile File(int month) => Sample.Submission($"s{month}", Sample.Day1, Sample.Claim($"C{month}", 1m));
}
