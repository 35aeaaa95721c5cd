using Claims.Ingestion.Postgres.Views;
using Claims.Ingestion.TestSupport;
using Claims.Ingestion.Views;
using Npgsql;

namespace Claims.Ingestion.Postgres.Tests.Views;

/// <summary>A report changes the way it is kept, under the same name and in front of its readers.</summary>
public sealed class ReportSwitchTests : IAsyncLifetime
{
    private const string Report = "mv_balance_amount_summary";
    private const string Rows = $"SELECT claim_id, initial_net, status FROM claims.{Report} ORDER BY claim_id";

    private readonly string _role = $"claims_reader_{Guid.NewGuid():N}";
    private ClaimsDatabase _database = null!;
    private ViewHost _incremental = null!;
    private ViewHost _materialized = null!;

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync()
    {
        _database = await ClaimsDatabase.CreateAsync();
        _incremental = new ViewHost(_database, TimeProvider.System, ("Views:Mode", "Incremental"));
        _materialized = new ViewHost(_database, TimeProvider.System, ("Views:Mode", "Materialized"));
    }

    public async ValueTask DisposeAsync()
    {
        await _incremental.DisposeAsync();
        await _materialized.DisposeAsync();
        await _database.DisposeAsync();
    }

    [Fact]
    public async Task Switch_ThereAndBack_KeepsGrantsAndWhatStandsOnTheName()
    {
        await _database.ExecuteAsync($"CREATE ROLE {_role}; GRANT USAGE ON SCHEMA claims TO {_role}; GRANT SELECT ON claims.{Report} TO {_role}; CREATE VIEW public.mine AS SELECT claim_id, status FROM claims.{Report}");
        try
        {
            await _incremental.SubmitAsync("a", 2);
            foreach ((ViewHost host, string mode) in new[] { (_incremental, "incremental"), (_materialized, "materialized"), (_incremental, "incremental"), (_materialized, "materialized") })
            {
                await host.Reports.RefreshAllAsync("test", Token);

                Assert.All(await host.Reports.GetReportsAsync(Token), report => Assert.Equal((mode, 0L), (report.Mode.ToString().ToLowerInvariant(), report.WaitingClaims)));
                Assert.Equal(["(a1,1,SUBMITTED)", "(a2,1,SUBMITTED)"], await _database.RowsAsync(Rows));
                Assert.Equal(["(a1,SUBMITTED)", "(a2,SUBMITTED)"], await _database.RowsAsync("SELECT * FROM mine ORDER BY claim_id"));
                Assert.Equal(["(2)"], await _database.RowsAsync("SELECT claim_count FROM claims.mv_claim_summary_payerwise"));
                Assert.Empty(await _database.RowsAsync("SELECT * FROM claims.mv_remittance_advice_summary"));
                Assert.Equal(2L, await CountAsRoleAsync());
            }

            // What nobody reads is empty.
            Assert.Equal(["(0,0,0)"], await _database.RowsAsync("SELECT (SELECT count(*) FROM claims.claim_summary), (SELECT count(*) FROM claims.payerwise_rollup), (SELECT count(*) FROM claims.summary_state)"));
            await _incremental.Reports.RefreshAllAsync("test", Token);
            Assert.Equal(["(f)", "(f)", "(f)"], await _database.RowsAsync("SELECT relispopulated FROM pg_class WHERE relnamespace = 'claims'::regnamespace AND relkind = 'm'"));
        }
        finally
        {
            await _database.ExecuteAsync($"DROP OWNED BY {_role}; DROP ROLE {_role}");
        }
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Switch_WhileAReaderHoldsTheReport_WaitsForALaterTryAndBlocksNobody(bool toMaterialized)
    {
        (ViewHost before, ViewHost after) = toMaterialized ? (_incremental, _materialized) : (_materialized, _incremental);
        await before.SubmitAsync("a", 2);
        await before.Reports.RefreshAllAsync("test", Token);
        await using NpgsqlConnection reader = await _database.DataSource.OpenConnectionAsync(Token);
        await using NpgsqlTransaction transaction = await reader.BeginTransactionAsync(System.Data.IsolationLevel.RepeatableRead, Token);
        await using var count = new NpgsqlCommand($"SELECT count(*) FROM claims.{Report}", reader, transaction);
        Assert.Equal(2L, await count.ExecuteScalarAsync(Token));
        await before.SubmitAsync("b", 1);

        await after.Reports.RefreshAllAsync("test", Token);

        Assert.Equal(2L, await count.ExecuteScalarAsync(Token));
        Assert.Equal(toMaterialized ? ReportMode.Incremental : ReportMode.Materialized, (await after.Reports.GetReportsAsync(Token))[0].Mode);
        Assert.Contains(after.Logs.GetSnapshot(), record => record.Id.Name == "ReportInUse" && record.Message.StartsWith(Report, StringComparison.Ordinal));
        Assert.Equal(2L + (toMaterialized ? 1 : 0), await _database.ScalarAsync<long>($"SELECT count(*) FROM claims.{Report}"));
        await transaction.CommitAsync(Token);
        await after.Reports.RefreshAllAsync("test", Token);
        Assert.Equal(toMaterialized ? ReportMode.Materialized : ReportMode.Incremental, (await after.Reports.GetReportsAsync(Token))[0].Mode);
        Assert.Equal(3L, await _database.ScalarAsync<long>($"SELECT count(*) FROM claims.{Report}"));
        Assert.Equal(1L, await _database.ScalarAsync<long>($"SELECT count(*) FROM claims.view_decision WHERE view_name = '{Report}' AND decision = 'switched' AND reason LIKE '% {(toMaterialized ? "materialized view" : "summary")}, %'"));
    }

    [Fact]
    public async Task Switch_BeforeTheViewIsFilled_LeavesTheReportReadable()
    {
        await _incremental.SubmitAsync("a", 2);
        await _incremental.Reports.RefreshAllAsync("test", Token);
        await using var reluctant = new ViewHost(_database, TimeProvider.System, ("Views:Items:mv_balance_amount_summary:Mode", "Materialized"));
        MaterializedView view = Assert.Single(await reluctant.ReadAsync());

        await reluctant.Views.ConsiderAsync(view, [view], _ => new RefreshDecision(RefreshVerdict.Skip, "a policy that wants no refresh"), waitForOthers: false, Token);
        await reluctant.Views.SwitchAsync(view, Token);

        Assert.Equal(2L, await _database.ScalarAsync<long>($"SELECT count(*) FROM claims.{Report}"));
        await reluctant.RunOnceAsync(Report);
        Assert.Equal([ReportMode.Materialized, ReportMode.Incremental, ReportMode.Incremental], (await reluctant.Reports.GetReportsAsync(Token)).Select(r => r.Mode));
        Assert.Equal(2L, await _database.ScalarAsync<long>($"SELECT count(*) FROM claims.{Report}"));
    }

    private async Task<long> CountAsRoleAsync()
    {
        await using NpgsqlConnection connection = await _database.DataSource.OpenConnectionAsync(Token);
        await using NpgsqlTransaction transaction = await connection.BeginTransactionAsync(Token);
        await using (var become = new NpgsqlCommand($"SET LOCAL ROLE {_role}", connection, transaction)) await become.ExecuteNonQueryAsync(Token);
        await using var count = new NpgsqlCommand($"SELECT count(*) FROM claims.{Report}", connection, transaction);
        return (long)(await count.ExecuteScalarAsync(Token))!;
    }
}
