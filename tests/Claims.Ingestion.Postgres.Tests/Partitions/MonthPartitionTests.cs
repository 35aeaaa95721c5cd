using Claims.Ingestion.Postgres.Partitions;
using Claims.Ingestion.Storage;
using Claims.Ingestion.TestSupport;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Npgsql;

namespace Claims.Ingestion.Postgres.Tests.Partitions;

public sealed class MonthPartitionTests : IAsyncLifetime
{
    private ClaimsDatabase _database = null!;
    private ServiceProvider _services = null!;

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    private MonthPartitions Months => _services.GetRequiredService<MonthPartitions>();

    public async ValueTask InitializeAsync()
    {
        _database = await ClaimsDatabase.CreateAsync();
        _services = TestServices.Create(_database.ConnectionString);
        await SetMonthAsync(2031, 12);
    }

    public async ValueTask DisposeAsync()
    {
        await _services.DisposeAsync();
        await _database.DisposeAsync();
    }

    [Fact]
    public async Task StoreAsync_AcrossTheTurnOfAMonth_EachFileIsInItsMonthOnce()
    {
        SampleFile december = Sample.Submission("december", Sample.Day1, Sample.Claim("C", 10m));
        SampleFile january = Sample.Remittance("january", Sample.Day1.AddDays(40), Sample.Remitted("C", activities: ("A1", 10m, 4m, null)));
        IReadOnlyList<FileFate> first = await _services.Store().StoreAsync([december], Token);
        await SetMonthAsync(2032, 1);
        await _services.Store().StoreAsync([january], Token);

        // Both again, in one batch of the later month.
        IReadOnlyList<FileFate> again = await _services.Store().StoreAsync([december, january], Token);

        Assert.Equal(first[0], again[0]);
        Assert.Equal(2, await _database.ScalarAsync<long>("SELECT count(*) FROM claims.claim_file"));
        Assert.Equal(
            ["(activity_2031_12,1)", "(claim_2031_12,1)", "(diagnosis_2031_12,1)", "(observation_2031_12,1)", "(remittance_activity_2032_01,1)", "(remittance_claim_2032_01,1)"],
            await _database.RowsAsync(
                """
                SELECT substring(tableoid::regclass::text FROM 8) COLLATE "C" AS name, count(*)
                FROM (SELECT tableoid, file_id FROM claims.claim UNION ALL SELECT tableoid, file_id FROM claims.diagnosis UNION ALL SELECT tableoid, file_id FROM claims.activity
                      UNION ALL SELECT tableoid, file_id FROM claims.observation UNION ALL SELECT tableoid, file_id FROM claims.remittance_claim UNION ALL SELECT tableoid, file_id FROM claims.remittance_activity) r
                GROUP BY 1 ORDER BY 1
                """));
        Assert.Equal(["(PARTIALLY_PAID,4)"], await _database.RowsAsync("SELECT status, total_payment FROM claims.claim_balance WHERE provider_id = 'DHA-F-0000001' AND claim_id = 'C'"));
        Assert.Equal(
            ["(2031_12,december)", "(2032_01,january)"],
            await _database.RowsAsync("SELECT claims.month_name(claims.month_of_file(id)), external_id FROM claims.claim_file ORDER BY id"));
    }

    [Fact]
    public async Task StoreAsync_PartitionDroppedByHand_IsTransientAndMadeAtTheNextTry()
    {
        await _services.Store().StoreAsync([Sample.Submission("s1", Sample.Day1, Sample.Claim("C1", 1m))], Token);
        await _database.ExecuteAsync("DROP TABLE claims.activity_2031_12");

        ClaimStoreException exception = await Assert.ThrowsAsync<ClaimStoreException>(
            () => _services.Store().StoreAsync([Sample.Submission("s2", Sample.Day1, Sample.Claim("C2", 1m))], Token));
        Assert.True(exception.IsTransient);
        Assert.Equal("PostgreSQL reported 23514 (the partition of the month is missing) in activity", exception.Message);

        Assert.Equal(FileStatus.Stored, (await _services.Store().StoreAsync([Sample.Submission("s2", Sample.Day1, Sample.Claim("C2", 1m))], Token))[0].Status);
    }

    [Fact]
    public async Task CreateAheadAsync_ManyHostsWhileAReaderAndAWriterAreAtWork_WaitsForNobody()
    {
        await _services.Store().StoreAsync([Sample.Submission("s1", Sample.Day1, Sample.Claim("C1", 1m))], Token);
        await using NpgsqlConnection user = await _database.DataSource.OpenConnectionAsync(Token);
        await using NpgsqlTransaction transaction = await user.BeginTransactionAsync(Token);
        await ExecuteAsync(user, "SET LOCAL lock_timeout = '1ms'");
        await ExecuteAsync(user, "SELECT * FROM claims.claim_balance");
        await ExecuteAsync(user, "INSERT INTO claims.claim_error VALUES (claims.first_file_id(claims.file_month()), 1, 'F', 'C', 1, 'r', 'r')");

        await Task.WhenAll(Enumerable.Range(0, 4).Select(_ => Task.Run(() => Months.CreateAheadAsync(Token), Token))).WaitAsync(TimeSpan.FromSeconds(30), Token);

        await ExecuteAsync(user, "SELECT * FROM claims.claim_balance");
        await transaction.CommitAsync(Token);
        Assert.Equal(
            ["(2031_12,8)", "(2032_01,8)", "(2032_02,8)"],
            await _database.RowsAsync("SELECT claims.month_name(claims.month_of_file(first_id)), count(*) FROM claims.month_partition WHERE first_id >= claims.first_file_id(claims.file_month()) GROUP BY 1 ORDER BY 1"));
    }

    [Fact]
    public async Task CreateAheadAsync_AccountThatMayNot_SaysWhatToRunUntilItIsAllowed()
    {
        string role = $"claims_writer_{Guid.NewGuid():N}";
        await _database.ExecuteAsync($"CREATE ROLE {role} LOGIN; GRANT USAGE ON SCHEMA claims TO {role}; GRANT SELECT ON ALL TABLES IN SCHEMA claims TO {role}");
        await using ServiceProvider services = TestServices.Create(new NpgsqlConnectionStringBuilder(_database.ConnectionString) { Username = role, Password = null }.ConnectionString);
        MonthPartitions months = services.GetRequiredService<MonthPartitions>();

        ClaimStoreException exception = await Assert.ThrowsAsync<ClaimStoreException>(() => months.CreateAheadAsync(Token));
        Assert.Contains("SELECT claims.create_months()", exception.Message, StringComparison.Ordinal);

        await _database.ExecuteAsync($"GRANT EXECUTE ON FUNCTION claims.create_months(integer) TO {role}");
        await months.CreateAheadAsync(Token);
        await _database.ExecuteAsync($"REVOKE EXECUTE ON FUNCTION claims.create_months(integer) FROM {role}");
        await months.CreateAheadAsync(Token);
        Assert.True(await _database.ScalarAsync<bool>("SELECT claims.has_month(claims.file_month() + 2)"));
    }

    [Fact]
    public async Task RunOnceAsync_Analyze_GivesThePlannerTheWholeTables()
    {
        await _services.Store().StoreAsync([Sample.Submission("s1", Sample.Day1, Sample.Claim("C1", 1m))], Token);

        await _services.GetServices<IHostedService>().OfType<PartitionService>().Single().RunOnceAsync(analyze: true, Token);

        Assert.True(await _database.ScalarAsync<bool>("SELECT claims.has_month(claims.file_month() + 2)"));
        Assert.True(await _database.ScalarAsync<bool>("SELECT EXISTS (SELECT FROM pg_stats WHERE schemaname = 'claims' AND tablename = 'claim' AND inherited)"));
    }

    private static async Task ExecuteAsync(NpgsqlConnection connection, string sql)
    {
        await using var command = new NpgsqlCommand(sql, connection);
        await command.ExecuteNonQueryAsync(Token);
    }

    private Task SetMonthAsync(int year, int month) => _database.ExecuteAsync(
        $"CREATE OR REPLACE FUNCTION claims.file_month() RETURNS bigint STABLE PARALLEL SAFE LANGUAGE sql AS 'SELECT {(year * 12) + month - 1}::bigint'");
}
