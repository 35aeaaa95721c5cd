using Claims.Ingestion.Postgres.Diagnostics;
using Claims.Ingestion.Postgres.Verification;
using Claims.Ingestion.TestSupport;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Diagnostics.HealthChecks;
using Microsoft.Extensions.Hosting;
using Npgsql;

namespace Claims.Ingestion.Postgres.Tests.Verification;

public sealed class VerificationTests : IAsyncLifetime
{
    private const string All = "SELECT what FROM claims.verify_files(0, 9223372036854775807)";

    private ClaimsDatabase _database = null!;
    private ServiceProvider _services = null!;

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    private VerificationService Service => _services.GetServices<IHostedService>().OfType<VerificationService>().Single();

    public async ValueTask InitializeAsync()
    {
        _database = await ClaimsDatabase.CreateAsync();
        _services = TestServices.Create(_database.ConnectionString);
        await _services.Store().StoreAsync(
            [
                Sample.Submission("s", Sample.Day1, Sample.Claim("C1", 1m), Sample.Claim("C2", 2m, 2)),
                Sample.Remittance("r", Sample.Day1, Sample.Remitted("C1", activities: ("A1", 1m, 1m, null))),
                new SampleFile("q", Reading.ReadOutcome.Quarantined("broken"), []),
            ],
            Token);
        await _database.ExecuteAsync("UPDATE claims.claim_file SET stored_at = now() - interval '1 hour'");
    }

    public async ValueTask DisposeAsync()
    {
        await _services.DisposeAsync();
        await _database.DisposeAsync();
    }

    [Theory]
    [InlineData("UPDATE claims.claim_file SET claim_count = 3 WHERE external_id = 's'", "claim_count is 3, but there are 2")]
    [InlineData("UPDATE claims.claim_file SET claim_count = 0 WHERE external_id = 'r'", "claim_count is 0, but there are 1")]
    [InlineData("UPDATE claims.claim_file SET activity_count = 5 WHERE external_id = 's'", "activity_count is 5, but there are 2")]
    [InlineData("UPDATE claims.claim_file SET left_out_count = 1 WHERE external_id = 's'", "left_out_count is 1, but there are 0")]
    [InlineData("DELETE FROM claims.claim WHERE claim_id = 'C1'", "1 rows of activity without their claim", "1 rows of diagnosis without their claim", "claim_count is 2, but there are 1")]
    [InlineData("DELETE FROM claims.activity WHERE claim_no = 2", "1 rows of observation without their activity", "activity_count is 2, but there are 1")]
    [InlineData("DELETE FROM claims.remittance_claim", "1 rows of remittance_activity without their claim", "claim_count is 1, but there are 0")]
    [InlineData("UPDATE claims.claim_file SET status = 'skipped' WHERE external_id = 's'", "rows of a file that is skipped")]
    [InlineData("DELETE FROM claims.claim_file WHERE external_id = 's'", "rows of a file that is not in the ledger")]
    [InlineData("DELETE FROM claims.claim; ALTER TABLE claims.diagnosis DETACH PARTITION claims.diagnosis_@; DROP TABLE claims.diagnosis_@")]
    public async Task VerifyFiles_Discrepancy_IsNamed(string damage, params string[] what)
    {
        Assert.Empty(await _database.RowsAsync(All));

        await _database.ExecuteAsync(damage.Replace("@", await _database.ScalarAsync<string>("SELECT claims.month_name(claims.file_month())"), StringComparison.Ordinal));

        Assert.Equal([.. what.Select(w => $"(\"{w}\")")], await _database.RowsAsync(All));
    }

    [Fact]
    public async Task RunOnceAsync_RoundAfterRound_FindsWhatIsWrongAndForgetsWhatIsMended()
    {
        await Service.RunOnceAsync(Token);
        Assert.Equal((0, HealthStatus.Healthy), (Service.Standing, await HealthAsync()));
        await _database.ExecuteAsync("UPDATE claims.claim_file SET claim_count = 3 WHERE external_id = 's'");

        // The end of the round, and the first pass of the next.
        await Service.RunOnceAsync(Token);
        await Service.RunOnceAsync(Token);
        Assert.Equal((1, HealthStatus.Degraded), (Service.Standing, await HealthAsync()));
        Assert.Equal(["(t,1)"], await _database.RowsAsync("SELECT verified_to = (SELECT max(id) FROM claims.claim_file), rounds FROM claims.verification"));

        await _database.ExecuteAsync("UPDATE claims.claim_file SET claim_count = 2 WHERE external_id = 's'");
        await Service.RunOnceAsync(Token);
        await Service.RunOnceAsync(Token);
        Assert.Equal((0, HealthStatus.Healthy), (Service.Standing, await HealthAsync()));
    }

    [Fact]
    public async Task RunOnceAsync_WhileAnotherHostVerifies_LeavesItAlone()
    {
        await using NpgsqlConnection other = await _database.DataSource.OpenConnectionAsync(Token);
        await using NpgsqlTransaction transaction = await other.BeginTransactionAsync(Token);
        await using (var take = new NpgsqlCommand("SELECT FROM claims.verification FOR UPDATE", other)) await take.ExecuteNonQueryAsync(Token);

        await Service.RunOnceAsync(Token);

        Assert.Equal(0, await _database.ScalarAsync<long>("SELECT verified_to FROM claims.verification"));
    }

    private async Task<HealthStatus> HealthAsync() =>
        (await new VerificationHealthCheck(Service).CheckHealthAsync(new HealthCheckContext(), Token)).Status;
}
