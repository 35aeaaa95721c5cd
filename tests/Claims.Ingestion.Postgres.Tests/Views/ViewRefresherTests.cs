using Claims.Ingestion.Postgres.DataSources;
using Claims.Ingestion.Postgres.Views;
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
    private ViewHost _host = null!;

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    private ReportViews Views => _host.Reports;

    public async ValueTask InitializeAsync()
    {
        _database = await ClaimsDatabase.CreateAsync();
        _host = new ViewHost(_database, ("Views:Mode", "Materialized"), ("Views:ChangedRows", "3"), ("Views:MaxStaleness", "1.00:00:00"), ("Views:MaxCost", "1"));
    }

    public async ValueTask DisposeAsync()
    {
        await _host.DisposeAsync();
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
        await _host.SubmitAsync("a", 2);

        await RunOnceAsync();
        await RunOnceAsync();

        Assert.Equal("(skipped,\"only 2 rows changed, fewer than 3; none waits 86400 s\",2,2)", (await DecisionsAsync())[1]);
        Assert.Equal(0L, await _database.ScalarAsync<long>($"SELECT count(*) FROM claims.{View}"));
    }

    [Fact]
    public async Task RunOnce_EnoughChanges_RefreshesOnceAndThenHasNothingToDo()
    {
        await RunOnceAsync();
        await _host.SubmitAsync("a", 3);

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
        await _host.SubmitAsync("a", 2);

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

        string failed = Assert.Single(await DecisionsAsync());
        Assert.Equal(
            $"(failed,\"it was never refreshed; claims.{Kept} has no unique index over columns alone and all rows, without which it cannot be refreshed beside its readers; "
            + $"make one, for example: CREATE UNIQUE INDEX ON claims.{Kept} (provider_id, claim_id)\",0,1)",
            failed);
        await _database.ExecuteAsync(failed[failed.IndexOf("CREATE", StringComparison.Ordinal)..failed.LastIndexOf('"')]);
        await RunOnceAsync();
        Assert.Single(await DecisionsAsync());
        _host.Time.Advance(TimeSpan.FromSeconds(6));
        await RunOnceAsync();
        Assert.Equal("(refreshed,\"it was never refreshed\",0,1)", (await DecisionsAsync())[1]);
    }

    [Fact]
    public async Task RunOnce_FailsAgainAndAgain_IsTriedEverLessOftenWhileOthersGoOn()
    {
        const string Other = "mv_claim_summary_payerwise";
        await _database.ExecuteAsync($"DROP INDEX claims.{Kept}_key");
        await RunOnceAsync();

        foreach (int pause in new[] { 6, 12, 24, 48, 96, 192, 300, 300 })
        {
            int before = (await DecisionsAsync()).Count;
            _host.Time.Advance(TimeSpan.FromSeconds(pause) - TimeSpan.FromMilliseconds(1));
            await RunOnceAsync();
            await _host.RunOnceAsync(Other);
            Assert.Equal(before, (await DecisionsAsync()).Count);
            _host.Time.Advance(TimeSpan.FromMilliseconds(1));
            await RunOnceAsync();
            Assert.Equal(before + 1, (await DecisionsAsync()).Count);
        }

        Assert.Equal(["(refreshed,\"it was never refreshed\",0,1)", "(skipped,\"nothing changed since its last refresh\",0,7)"], await _host.DecisionsAsync(Other));
        await Assert.ThrowsAsync<InvalidOperationException>(() => Views.RefreshAllAsync("test", Token));
    }

    [Fact]
    public async Task RunOnce_TwoHostsAtOnce_RefreshOnce()
    {
        await using var other = new ViewHost(_database, ("Views:Mode", "Materialized"), ("Views:ChangedRows", "1"));
        await RunOnceAsync();
        await _host.SubmitAsync("a", 3);
        await using NpgsqlConnection holder = await _database.DataSource.OpenConnectionAsync(Token);
        await using NpgsqlTransaction transaction = await holder.BeginTransactionAsync(Token);
        await HoldAsync(holder);
        Task first = RunOnceAsync();
        await _host.WaitForBlockedAsync();

        await other.RunOnceAsync(View);
        await transaction.CommitAsync(Token);
        await first;

        Assert.Equal(["(refreshed,\"it was never refreshed\",0,1)", "(refreshed,\"3 rows changed, at least 3\",3,1)"], await DecisionsAsync());
    }

    [Fact]
    public async Task RunOnce_CancelledRefresh_LeavesTheStateAsItWasAndNoLock()
    {
        await RunOnceAsync();
        await _host.SubmitAsync("a", 3);
        IReadOnlyList<string> state = await _database.RowsAsync("SELECT * FROM claims.view_state ORDER BY view_name");
        await using NpgsqlConnection holder = await _database.DataSource.OpenConnectionAsync(Token);
        await using NpgsqlTransaction transaction = await holder.BeginTransactionAsync(Token);
        await HoldAsync(holder);
        using var stop = new CancellationTokenSource();
        Task refresh = _host.RunOnceAsync(View, stop.Token);
        await _host.WaitForBlockedAsync();

        await stop.CancelAsync();

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => refresh);
        Assert.Equal(state, await _database.RowsAsync("SELECT * FROM claims.view_state ORDER BY view_name FOR UPDATE NOWAIT"));
        Assert.Single(await DecisionsAsync());
        Assert.DoesNotContain(_host.Logs.GetSnapshot(), record => record.Id.Name == "RefreshFailed");
        await transaction.CommitAsync(Token);
        await RunOnceAsync();
        Assert.Equal("(refreshed,\"3 rows changed, at least 3\",3,1)", (await DecisionsAsync())[1]);
    }

    [Fact]
    public async Task RunOnce_PolicyOfOneView_GoesBeforeTheOneOfTheServicesAndThatBeforeTheRules()
    {
        await using ServiceProvider services = TestServices.Create(
            _database.ConnectionString,
            new Dictionary<string, string?> { ["Claims:Postgres:Views:Mode"] = "Materialized" },
            added =>
            {
                added.AddSingleton<IRefreshPolicy>(new Named("the services"));
                added.Configure<PostgresOptions>(options => options.Views.Items[View] = new ViewItemOptions { Policy = new Named("the view") });
            });
        ViewRefresher refresher = services.GetRequiredService<ViewRefresher>();

        foreach (string view in ReportViews.Names) await refresher.RunOnceAsync(view, Token);

        Assert.Equal(
            [$"({View},skipped,\"the view says no\")", "(mv_remittance_advice_summary,skipped,\"the services says no\")", "(mv_claim_summary_payerwise,skipped,\"the services says no\")"],
            await _host.DecisionsAsync());
    }

    [Fact]
    public async Task RunOnce_Deferred_IsRecordedWithItsTime()
    {
        await using var host = new ViewHost(_database, ("Views:Mode", "Materialized"), ("Views:ChangedRows", "1"), ("Views:MinInterval", "1.00:00:00"), ("Views:MaxCost", "1"));
        await host.RunOnceAsync(View);
        await host.SubmitAsync("a", 1);

        await host.RunOnceAsync(View);

        Assert.Matches(
            @"^\(deferred,""its last refresh began \d+ s ago, less than 86400 s \(1 rows changed, at least 1\); until 2000-01-01 23:59:\d\d UTC"",1,1\)$",
            (await DecisionsAsync())[1]);
    }

    [Fact]
    public async Task RunOnce_ManyDeadRows_AreVacuumed()
    {
        const string Vacuums = $"SELECT vacuum_count FROM pg_stat_all_tables WHERE relid = 'claims.{Kept}'::regclass";
        await _database.ExecuteAsync($"ALTER MATERIALIZED VIEW claims.{Kept} SET (autovacuum_enabled = false)");
        await _host.SubmitAsync("a", 1200);
        await RunOnceAsync();
        await FlushAsync();
        await RunOnceAsync();
        Assert.Equal(0L, await _database.ScalarAsync<long>(Vacuums));

        await _host.Services.Store().StoreAsync([Sample.Submission("b", Sample.Day1.AddDays(1), [.. Enumerable.Range(1, 1200).Select(i => Sample.Claim($"a{i}", 2m, i))])], Token);
        await RunOnceAsync();
        await FlushAsync();
        await _host.SubmitAsync("c", 3);
        await RunOnceAsync();
        await FlushAsync();

        Assert.Equal(1L, await _database.ScalarAsync<long>(Vacuums));
    }

    [Fact]
    public async Task Refresh_WhileAReaderHoldsTheView_NeitherWaits()
    {
        await _host.SubmitAsync("a", 3);
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

    private Task<ViewState> StateAsync() => _host.StateAsync(View);

    private Task RunOnceAsync() => _host.RunOnceAsync(View);

    private Task<IReadOnlyList<string>> DecisionsAsync() => _host.DecisionsAsync(View);

    /// <summary>Makes an index, which readers do not notice, but a refresh waits for its transaction.</summary>
    private static async Task HoldAsync(NpgsqlConnection connection)
    {
        await using var hold = new NpgsqlCommand($"CREATE INDEX ON claims.{Kept} (status)", connection);
        await hold.ExecuteNonQueryAsync(Token);
    }

    /// <summary>The server counts what a session changed once in a while; the one connection that refreshes is told to have it counted now.</summary>
    private async Task FlushAsync()
    {
        await using NpgsqlConnection connection = await _host.Services.GetRequiredKeyedService<RoleDataSource>(DataSourceRole.Report).OpenPrimaryAsync(Token);
        await using var flush = new NpgsqlCommand("SELECT pg_stat_force_next_flush()", connection);
        await flush.ExecuteNonQueryAsync(Token);
    }

    private sealed class Named(string name) : IRefreshPolicy
    {
        public RefreshDecision Decide(ViewState view) => new(RefreshVerdict.Skip, $"{name} says no");
    }
}
