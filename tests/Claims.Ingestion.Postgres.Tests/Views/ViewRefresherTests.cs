using Claims.Ingestion.Postgres.Views;
using Claims.Ingestion.Storage;
using Claims.Ingestion.TestSupport;
using Claims.Ingestion.Views;
using Microsoft.Extensions.DependencyInjection;
using Npgsql;

namespace Claims.Ingestion.Postgres.Tests.Views;

public sealed class ViewRefresherTests : IAsyncLifetime
{
    private const string View = "mv_balance_amount_summary";
    private const string Kept = "materialized_balance_amount_summary";

    private ClaimsDatabase _database = null!;
    private ServiceProvider _services = null!;

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    private ReportViews Views => _services.GetRequiredService<ReportViews>();

    public async ValueTask InitializeAsync()
    {
        _database = await ClaimsDatabase.CreateAsync();
        _services = TestServices.Create(_database.ConnectionString, new Dictionary<string, string?>
        {
            ["Claims:Postgres:Views:Mode"] = "Materialized",
            ["Claims:Postgres:Views:ChangedRows"] = "3",
            ["Claims:Postgres:Views:MaxStaleness"] = "1.00:00:00",
            ["Claims:Postgres:Views:MaxCost"] = "1",
        });
    }

    public async ValueTask DisposeAsync()
    {
        await _services.DisposeAsync();
        await _database.DisposeAsync();
    }

    [Fact]
    public async Task RunOnce_NeverRefreshed_RefreshesAndSaysWhy()
    {
        await RunOnceAsync();

        Assert.Equal(["(refreshed,\"it was never refreshed\",0,1)"], await DecisionsAsync());
    }

    [Fact]
    public async Task RunOnce_TooFewChanges_SkipsAndCountsRepeatedSkipsInOneRow()
    {
        await RunOnceAsync();
        await StoreAsync("a", 2);

        await RunOnceAsync();
        await RunOnceAsync();

        Assert.Equal("(skipped,\"only 2 rows changed, fewer than 3; none waits 86400 s\",2,2)", (await DecisionsAsync())[1]);
        Assert.Equal(0L, await _database.ScalarAsync<long>($"SELECT count(*) FROM claims.{View}"));
    }

    [Fact]
    public async Task RunOnce_EnoughChanges_RefreshesOnceAndThenHasNothingToDo()
    {
        await RunOnceAsync();
        await StoreAsync("a", 3);

        await RunOnceAsync();
        await RunOnceAsync();

        IReadOnlyList<string> decisions = await DecisionsAsync();
        Assert.Equal("(refreshed,\"3 rows changed, at least 3\",3,1)", decisions[1]);
        Assert.Equal("(skipped,\"nothing changed since its last refresh\",0,1)", decisions[2]);
        Assert.Equal(3L, await _database.ScalarAsync<long>($"SELECT count(*) FROM claims.{View}"));
    }

    [Fact]
    public async Task RunOnce_ChangeThatCommitsAfterTheRefresh_IsNotTakenForShown()
    {
        await RunOnceAsync();
        await using NpgsqlConnection open = await _database.DataSource.OpenConnectionAsync(Token);
        await using NpgsqlTransaction transaction = await open.BeginTransactionAsync(Token);
        await using (var change = new NpgsqlCommand("INSERT INTO claims.view_change (rows) VALUES (7)", open, transaction)) await change.ExecuteNonQueryAsync(Token);

        await Views.RefreshAllAsync("while a writer is open", Token);
        await transaction.CommitAsync(Token);

        ViewState state = await StateAsync();
        Assert.Equal(7, state.ChangedRows);
        Assert.NotNull(state.SinceFirstChange);
    }

    [Fact]
    public async Task RefreshAll_ChangesThatEveryViewShows_AreForgotten()
    {
        await StoreAsync("a", 2);

        await Views.RefreshAllAsync("test", Token);

        Assert.Equal(0L, await _database.ScalarAsync<long>("SELECT count(*) FROM claims.view_change"));
        Assert.All(await Views.GetReportsAsync(Token), report => Assert.Equal(0, report.WaitingClaims));
    }

    [Fact]
    public async Task RunOnce_AnotherHostRefreshesTheView_LeavesItAlone()
    {
        await using NpgsqlConnection other = await _database.DataSource.OpenConnectionAsync(Token);
        await using NpgsqlTransaction transaction = await other.BeginTransactionAsync(Token);
        await using (var hold = new NpgsqlCommand($"SELECT FROM claims.view_state WHERE view_name = '{View}' FOR UPDATE", other, transaction)) await hold.ExecuteNonQueryAsync(Token);

        await RunOnceAsync();

        Assert.Empty(await DecisionsAsync());
    }

    [Fact]
    public async Task RunOnce_RefreshFails_IsRecordedAndTriedAgain()
    {
        await _database.ExecuteAsync($"DROP INDEX claims.{Kept}_key");

        await RunOnceAsync();

        Assert.StartsWith("(failed,\"it was never refreshed; PostgreSQL reported 55000", (await DecisionsAsync())[0], StringComparison.Ordinal);
        await _database.ExecuteAsync($"CREATE UNIQUE INDEX {Kept}_key ON claims.{Kept} (provider_id, claim_id)");
        await RunOnceAsync();
        Assert.StartsWith("(refreshed", (await DecisionsAsync())[1], StringComparison.Ordinal);
    }

    [Fact]
    public async Task Refresh_WhileAReaderHoldsTheView_NeitherWaits()
    {
        await StoreAsync("a", 3);
        await using NpgsqlConnection reader = await _database.DataSource.OpenConnectionAsync(Token);
        await using NpgsqlTransaction transaction = await reader.BeginTransactionAsync(System.Data.IsolationLevel.RepeatableRead, Token);
        await using var count = new NpgsqlCommand($"SELECT count(*) FROM claims.{View}", reader, transaction);
        Assert.Equal(0L, await count.ExecuteScalarAsync(Token));

        await Views.RefreshAllAsync("test", Token).WaitAsync(TimeSpan.FromSeconds(30), Token);

        Assert.Equal(0L, await count.ExecuteScalarAsync(Token));
        await transaction.CommitAsync(Token);
        Assert.Equal(3L, await _database.ScalarAsync<long>($"SELECT count(*) FROM claims.{View}"));
    }

    [Fact]
    public async Task GetStates_SnapshotFromARestoredDump_CountsAsNeverRefreshed()
    {
        await Views.RefreshAllAsync("test", Token);
        await _database.ExecuteAsync("UPDATE claims.view_state SET snapshot = '900000000:900000000:'");

        Assert.Null((await StateAsync()).SinceRefresh);
    }

    private async Task<ViewState> StateAsync()
    {
        MaterializedViews views = _services.GetRequiredService<MaterializedViews>();
        return (await views.GetStateAsync((await views.ReadAsync(Token)).Single(v => v.Name == View), Token))!;
    }

    private Task RunOnceAsync() => _services.GetRequiredService<ViewRefresher>().RunOnceAsync(View, Token);

    private async Task StoreAsync(string id, int claims) => await _services.GetRequiredService<IClaimStore>().StoreAsync(
        [Sample.Submission(id, Sample.Day1, [.. Enumerable.Range(1, claims).Select(i => Sample.Claim($"{id}{i}", 1m, i))])], Token);

    private Task<IReadOnlyList<string>> DecisionsAsync() =>
        _database.RowsAsync($"SELECT decision, reason, changed_rows, times FROM claims.view_decision WHERE view_name = '{View}' ORDER BY id");
}
