using Claims.Ingestion.Postgres.Views;
using Claims.Ingestion.TestSupport;
using Claims.Ingestion.Views;
using Npgsql;

namespace Claims.Ingestion.Postgres.Tests.Views;

/// <summary>Materialized views of the settings, beside those of the reports.</summary>
public sealed class MaterializedViewsTests : IAsyncLifetime
{
    private ClaimsDatabase _database = null!;

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync()
    {
        _database = await ClaimsDatabase.CreateAsync();
        await _database.ExecuteAsync("CREATE SCHEMA reporting");
    }

    public ValueTask DisposeAsync() => _database.DisposeAsync();

    [Fact]
    public async Task Read_IndexesThatDoNotDo_AreNamedWithTheStatementOfOneThatDoes()
    {
        await _database.ExecuteAsync(
            """
            CREATE MATERIALIZED VIEW reporting.mv_none AS SELECT provider_id, claim_id, net FROM claims.claim;
            CREATE MATERIALIZED VIEW reporting.mv_plain AS SELECT * FROM reporting.mv_none;
            CREATE INDEX ON reporting.mv_plain (claim_id);
            CREATE MATERIALIZED VIEW reporting.mv_partial AS SELECT * FROM reporting.mv_none;
            CREATE UNIQUE INDEX ON reporting.mv_partial (claim_id) WHERE net > 0;
            CREATE MATERIALIZED VIEW reporting.mv_expression AS SELECT * FROM reporting.mv_none;
            CREATE UNIQUE INDEX ON reporting.mv_expression (lower(claim_id));
            CREATE MATERIALIZED VIEW reporting.mv_right AS SELECT * FROM reporting.mv_none;
            CREATE UNIQUE INDEX ON reporting.mv_right (claim_id, provider_id) INCLUDE (net);
            CREATE MATERIALIZED VIEW reporting."Mv-Single" AS SELECT count(*) AS "All" FROM reporting.mv_none;
            """);
        await using ViewHost host = Host("reporting.mv_none", "reporting.mv_plain", "reporting.mv_partial", "reporting.mv_expression", "reporting.mv_right", "reporting.Mv-Single");

        Dictionary<string, MaterializedView> views = (await host.ReadAsync()).ToDictionary(v => v.Name);

        Assert.Null(views["reporting.mv_right"].Fault);
        foreach (string name in new[] { "reporting.mv_none", "reporting.mv_plain", "reporting.mv_partial", "reporting.mv_expression" })
        {
            Assert.Equal(
                $"{name} has no unique index over columns alone and all rows, without which it cannot be refreshed beside its readers; make one, for example: CREATE UNIQUE INDEX ON {name} (provider_id, claim_id)",
                views[name].Fault);
        }

        Assert.EndsWith("""CREATE UNIQUE INDEX ON reporting."Mv-Single" ("All")""", views["reporting.Mv-Single"].Fault, StringComparison.Ordinal);
        foreach (MaterializedView view in views.Values.Where(v => v.Fault is not null)) await _database.ExecuteAsync(view.Fault![view.Fault!.IndexOf("CREATE", StringComparison.Ordinal)..]);
        Assert.All(await host.ReadAsync(), view => Assert.Null(view.Fault));
        foreach (string name in views.Keys) await host.RunOnceAsync(name);
        Assert.Equal(6, (await _database.RowsAsync("SELECT FROM claims.view_decision WHERE decision = 'refreshed'")).Count);
    }

    [Fact]
    public async Task RunOnce_ViewOfTheSettings_IsRefreshedByItsOwnRules()
    {
        await CreateAsync("reporting.mv_x", "SELECT provider_id, claim_id FROM claims.claim WITH NO DATA", "provider_id, claim_id");
        await using var host = new ViewHost(_database, ("Views:MaxCost", "1"), ("Views:Items:reporting.mv_x:ChangedRows", "2"));
        await host.SubmitAsync("a", 1);

        await host.RunOnceAsync("reporting.mv_x");
        await host.SubmitAsync("b", 1);
        await host.RunOnceAsync("reporting.mv_x");
        await host.SubmitAsync("c", 1);
        await host.RunOnceAsync("reporting.mv_x");

        Assert.Equal(
            ["(refreshed,\"it was never refreshed\",1,1)", "(skipped,\"only 1 rows changed, fewer than 2; none waits 20 s\",1,1)", "(refreshed,\"2 rows changed, at least 2\",2,1)"],
            await host.DecisionsAsync("reporting.mv_x"));
        Assert.Equal(["(1,t)", "(2,t)"], await _database.RowsAsync("SELECT rows_written, bytes > 0 FROM claims.view_decision WHERE decision = 'refreshed' ORDER BY id"));
        Assert.Equal(3L, await _database.ScalarAsync<long>("SELECT count(*) FROM reporting.mv_x"));
    }

    [Fact]
    public async Task RunOnce_ViewUponAnother_RefreshesTheOneBeneathFirstAndNoStranger()
    {
        await CreateAsync("reporting.mv_y_base", "SELECT provider_id, claim_id FROM claims.claim", "provider_id, claim_id");
        await CreateAsync("reporting.mv_stranger", "SELECT provider_id, claim_id FROM claims.claim", "provider_id, claim_id");
        await _database.ExecuteAsync("CREATE VIEW reporting.between AS SELECT * FROM reporting.mv_y_base");
        await CreateAsync("reporting.mv_a_top", "SELECT provider_id, count(*) AS claims FROM reporting.between GROUP BY provider_id", "provider_id");
        await using ViewHost host = Host("reporting.mv_a_top", "reporting.mv_stranger", "reporting.mv_y_base");

        await host.RunOnceAsync("reporting.mv_a_top");
        await host.RunOnceAsync("reporting.mv_stranger");
        await host.SubmitAsync("a", 3);
        await host.RunOnceAsync("reporting.mv_a_top");

        Assert.Equal(["reporting.mv_stranger", "reporting.mv_y_base", "reporting.mv_a_top"], (await host.ReadAsync()).Select(v => v.Name));
        Assert.Equal(
            [
                "(reporting.mv_y_base,refreshed,\"reporting.mv_a_top, which reads it, is refreshed\")", "(reporting.mv_a_top,refreshed,\"it was never refreshed\")",
                "(reporting.mv_stranger,refreshed,\"it was never refreshed\")",
                "(reporting.mv_y_base,refreshed,\"reporting.mv_a_top, which reads it, is refreshed\")", "(reporting.mv_a_top,refreshed,\"3 rows changed, at least 1\")",
            ],
            await host.DecisionsAsync());
        Assert.Equal(3L, await _database.ScalarAsync<long>("SELECT claims FROM reporting.mv_a_top"));
        Assert.Equal(0, (await host.StateAsync("reporting.mv_a_top")).ChangedRows);
        Assert.Equal(3, (await host.StateAsync("reporting.mv_stranger")).ChangedRows);
    }

    [Theory]
    [InlineData("reporting.mv_early")]
    [InlineData("reporting.mv_late")]
    public async Task RunOnce_ChangeThatOneBeneathDoesNotShow_StillWaits(string last)
    {
        await CreateAsync("reporting.mv_early", "SELECT provider_id, claim_id FROM claims.claim", "provider_id, claim_id");
        await CreateAsync("reporting.mv_late", "SELECT provider_id, claim_id FROM claims.claim", "provider_id, claim_id");
        await CreateAsync("reporting.mv_top", "SELECT provider_id, claim_id FROM reporting.mv_early JOIN reporting.mv_late USING (provider_id, claim_id)", "provider_id, claim_id");
        await using ViewHost beneath = Host("reporting.mv_early", "reporting.mv_late"), top = Host("reporting.mv_top");

        // While a writer is open all snapshots begin with it.
        await using NpgsqlConnection writer = await _database.DataSource.OpenConnectionAsync(Token);
        await using NpgsqlTransaction transaction = await writer.BeginTransactionAsync(Token);
        await using (var change = new NpgsqlCommand("SELECT pg_current_xact_id()", writer, transaction)) await change.ExecuteNonQueryAsync(Token);
        await beneath.RunOnceAsync("reporting.mv_early");
        await beneath.SubmitAsync("a", 3);
        await beneath.RunOnceAsync("reporting.mv_late");
        await _database.ExecuteAsync($"UPDATE claims.view_state SET duration = duration WHERE view_name = '{last}'");

        await top.RunOnceAsync("reporting.mv_top");

        Assert.Equal(3, (await top.StateAsync("reporting.mv_top")).ChangedRows);
        Assert.Equal(0L, await _database.ScalarAsync<long>("SELECT count(*) FROM reporting.mv_top"));
        await beneath.RunOnceAsync("reporting.mv_early");
        await top.RunOnceAsync("reporting.mv_top");
        Assert.Equal(0, (await top.StateAsync("reporting.mv_top")).ChangedRows);
        Assert.Equal(3L, await _database.ScalarAsync<long>("SELECT count(*) FROM reporting.mv_top"));
    }

    [Fact]
    public async Task RunOnce_ViewOfRemittances_CountsNoSubmissions()
    {
        await CreateAsync("reporting.mv_remitted", "SELECT provider_id, claim_id FROM claims.remittance_claim", "provider_id, claim_id");
        await CreateAsync("reporting.mv_both", "SELECT claim_id FROM claims.claim JOIN reporting.mv_remitted USING (provider_id, claim_id)", "claim_id");
        await using ViewHost host = Host("reporting.mv_remitted", "reporting.mv_both");
        await host.RunOnceAsync("reporting.mv_both");

        await host.SubmitAsync("a", 3);
        Assert.Equal(0, (await host.StateAsync("reporting.mv_remitted")).ChangedRows);
        Assert.Equal(3, (await host.StateAsync("reporting.mv_both")).ChangedRows);
        await host.RunOnceAsync("reporting.mv_both");
        Assert.Equal(0, (await host.StateAsync("reporting.mv_both")).ChangedRows);

        await host.RemitAsync("a", 2);
        Assert.Equal(2, (await host.StateAsync("reporting.mv_remitted")).ChangedRows);
        await host.RunOnceAsync("reporting.mv_both");
        Assert.Equal(2L, await _database.ScalarAsync<long>("SELECT count(*) FROM reporting.mv_both"));

        // Something that no files name, like a month that is dropped, concerns everybody.
        await _database.ExecuteAsync("INSERT INTO claims.view_change (rows) VALUES (7)");
        Assert.Equal(7, (await host.StateAsync("reporting.mv_remitted")).ChangedRows);
        Assert.Equal(7, (await host.StateAsync("reporting.mv_both")).ChangedRows);
    }

    [Fact]
    public async Task RunOnce_TablesOfOthers_AreCountedByTheServer()
    {
        await _database.ExecuteAsync(
            """
            CREATE TABLE reporting.doctor (id text PRIMARY KEY, hired date) PARTITION BY LIST (id);
            CREATE TABLE reporting.doctor_all PARTITION OF reporting.doctor DEFAULT;
            CREATE TABLE claims.ward (id text PRIMARY KEY);
            """);
        await CreateAsync("reporting.mv_staff", "SELECT d.id AS doctor, w.id AS ward FROM reporting.doctor d CROSS JOIN claims.ward w", "doctor, ward");
        await using ViewHost host = Host("reporting.mv_staff");
        await host.RunOnceAsync("reporting.mv_staff");

        await ChangeAsync("INSERT INTO reporting.doctor SELECT generate_series(1, 5)");
        Assert.Equal(5, (await host.StateAsync("reporting.mv_staff")).ChangedRows);
        await ChangeAsync("INSERT INTO claims.ward VALUES ('a'), ('b')");
        await host.RunOnceAsync("reporting.mv_staff");
        Assert.Equal("(refreshed,\"7 rows changed, at least 1\",7,1)", (await host.DecisionsAsync("reporting.mv_staff"))[^1]);
        Assert.Equal(10L, await _database.ScalarAsync<long>("SELECT count(*) FROM reporting.mv_staff"));
        Assert.Equal(0, (await host.StateAsync("reporting.mv_staff")).ChangedRows);

        await ChangeAsync("UPDATE reporting.doctor SET hired = '2026-03-01' WHERE id < '3'");
        await ChangeAsync("DELETE FROM claims.ward WHERE id = 'b'");
        await host.SubmitAsync("a", 3);
        Assert.Equal(3, (await host.StateAsync("reporting.mv_staff")).ChangedRows);

        // After a crash the server begins to count anew: what it has counted till then may all be unseen, and something may be that is not counted any more.
        await _database.ExecuteAsync("UPDATE claims.view_state SET foreign_changes = 1000000 WHERE view_name = 'reporting.mv_staff'");
        Assert.Equal(10, (await host.StateAsync("reporting.mv_staff")).ChangedRows);
    }

    [Fact]
    public async Task RunOnce_SourceThatTheCatalogDoesNotKnow_CountsWhereItIsNamed()
    {
        await _database.ExecuteAsync(
            """
            CREATE FUNCTION reporting.all_claims() RETURNS SETOF text STABLE LANGUAGE plpgsql AS $$ BEGIN RETURN QUERY SELECT claim_id::text FROM claims.claim; END $$
            """);
        await CreateAsync("reporting.mv_hidden", "SELECT c FROM reporting.all_claims() c", "c");
        await using ViewHost blind = Host("reporting.mv_hidden");
        await using var told = new ViewHost(_database, ("Views:Items:reporting.mv_hidden:ChangedRows", "1"), ("Views:Items:reporting.mv_hidden:Sources:0", "claims.claim"));
        await told.RunOnceAsync("reporting.mv_hidden");
        await told.SubmitAsync("a", 2);

        Assert.Equal(2, (await told.StateAsync("reporting.mv_hidden")).ChangedRows);
        Assert.Equal(0, (await blind.StateAsync("reporting.mv_hidden")).ChangedRows);
    }

    [Fact]
    public async Task RunOnce_ViewOfTheDay_IsRefreshedWhenItsDayTurned()
    {
        await _database.ExecuteAsync("CREATE VIEW reporting.recent AS SELECT * FROM claims.claim WHERE encounter_start > CURRENT_DATE - 30");
        await CreateAsync("reporting.mv_recent", "SELECT provider_id, claim_id FROM reporting.recent", "provider_id, claim_id");
        await CreateAsync("reporting.mv_timeless", "SELECT provider_id, claim_id, encounter_start FROM claims.claim", "provider_id, claim_id");
        await using ViewHost host = Host("reporting.mv_recent", "reporting.mv_timeless");
        await host.RunOnceAsync("reporting.mv_recent");
        await host.RunOnceAsync("reporting.mv_timeless");
        Assert.False((await host.StateAsync("reporting.mv_recent")).HasDayTurned);
        await _database.ExecuteAsync("UPDATE claims.view_state SET refreshed_at = refreshed_at - interval '1 day'");

        await host.RunOnceAsync("reporting.mv_recent");
        await host.RunOnceAsync("reporting.mv_recent");
        await host.RunOnceAsync("reporting.mv_timeless");

        Assert.Equal(
            ["(refreshed,\"it depends on the day, and a new one began\",0,1)", "(skipped,\"nothing changed since its last refresh\",0,1)"], (await host.DecisionsAsync("reporting.mv_recent")).Skip(1));
        Assert.Equal("(skipped,\"nothing changed since its last refresh\",0,1)", (await host.DecisionsAsync("reporting.mv_timeless"))[^1]);
    }

    [Fact]
    public async Task RunOnce_RefreshThatTheServerRefuses_IsRecordedAndOthersGoOn()
    {
        await _database.ExecuteAsync("CREATE TABLE reporting.number (n integer PRIMARY KEY)");
        await CreateAsync("reporting.mv_share", "SELECT n, 1 / n AS share FROM reporting.number", "n");
        await CreateAsync("reporting.mv_other", "SELECT n FROM reporting.number", "n");
        await using ViewHost host = Host("reporting.mv_share", "reporting.mv_other");
        await host.RunOnceAsync("reporting.mv_share");
        await host.RunOnceAsync("reporting.mv_other");
        string state = (await _database.RowsAsync("SELECT * FROM claims.view_state WHERE view_name = 'reporting.mv_share'"))[0];
        await ChangeAsync("INSERT INTO reporting.number VALUES (0)");

        await host.RunOnceAsync("reporting.mv_share");
        await host.RunOnceAsync("reporting.mv_other");

        const string Failure = "1 rows changed, at least 1; PostgreSQL reported 22012";
        Assert.StartsWith($"(failed,\"{Failure}", (await host.DecisionsAsync("reporting.mv_share"))[^1], StringComparison.Ordinal);
        Assert.Equal(state, (await _database.RowsAsync("SELECT * FROM claims.view_state WHERE view_name = 'reporting.mv_share'"))[0]);
        Assert.Equal("(refreshed,\"1 rows changed, at least 1\",1,1)", (await host.DecisionsAsync("reporting.mv_other"))[^1]);
        Assert.StartsWith(
            "The refresh of reporting.mv_share failed; it is tried again at a later check: PostgreSQL reported 22012",
            Assert.Single(host.Logs.GetSnapshot(), record => record.Id.Name == "RefreshFailed").Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task RunOnce_RefreshThatTakesTooLong_IsRecorded()
    {
        await CreateAsync("reporting.mv_slow", "SELECT 1 AS n, pg_sleep(60)::text AS slept WITH NO DATA", "n");
        await using var host = new ViewHost(_database, ("Report:StatementTimeout", "00:00:01"), ("Views:Items:reporting.mv_slow:ChangedRows", "1"));

        await host.RunOnceAsync("reporting.mv_slow");

        Assert.StartsWith("(failed,\"it was never refreshed; PostgreSQL reported 57014", Assert.Single(await host.DecisionsAsync("reporting.mv_slow")), StringComparison.Ordinal);
        Assert.Null((await host.StateAsync("reporting.mv_slow")).SinceRefresh);
    }

    [Fact]
    public async Task RunOnce_ViewThatIsNotThere_IsNamedAndOthersGoOn()
    {
        await CreateAsync("reporting.mv_there", "SELECT provider_id, claim_id FROM claims.claim", "provider_id, claim_id");
        await _database.ExecuteAsync("CREATE VIEW reporting.plain AS SELECT 1 AS n");
        await using ViewHost host = Host("reporting.mv_gone", "reporting.plain", "reporting.mv_there");

        foreach (string view in new[] { "reporting.mv_gone", "reporting.plain", "reporting.mv_there" }) await host.RunOnceAsync(view);

        Assert.Equal(
            new[] { "reporting.mv_gone", "reporting.plain" }.Select(view =>
                $"The refresh of {view} failed; it is tried again at a later check: there is no such materialized view; name it with its schema, or remove it from Claims:Postgres:Views:Items"),
            host.Logs.GetSnapshot().Where(record => record.Id.Name == "RefreshFailed").Select(record => record.Message));
        Assert.Equal(["(reporting.mv_there,refreshed,\"it was never refreshed\")"], await host.DecisionsAsync());

        // It is looked for again a minute later.
        await CreateAsync("reporting.mv_gone", "SELECT provider_id, claim_id FROM claims.claim", "provider_id, claim_id");
        await host.RunOnceAsync("reporting.mv_gone");
        Assert.Single(await host.DecisionsAsync());
        host.Time.Advance(TimeSpan.FromMinutes(1));
        await host.RunOnceAsync("reporting.mv_gone");
        Assert.Equal("(reporting.mv_gone,refreshed,\"it was never refreshed\")", (await host.DecisionsAsync())[^1]);
    }

    [Fact]
    public async Task Read_WhileAnotherHostRefreshes_DoesNotWait()
    {
        await CreateAsync("reporting.mv_x", "SELECT provider_id, claim_id FROM claims.claim", "provider_id, claim_id");
        await using ViewHost host = Host("reporting.mv_x");
        await host.ReadAsync();
        await using NpgsqlConnection other = await _database.DataSource.OpenConnectionAsync(Token);
        await using NpgsqlTransaction transaction = await other.BeginTransactionAsync(Token);
        await using (var hold = new NpgsqlCommand("SELECT FROM claims.view_state FOR UPDATE", other, transaction)) await hold.ExecuteNonQueryAsync(Token);

        Assert.Single(await host.ReadAsync());
    }

    /// <summary>A host that refreshes some views at the first change.</summary>
    private ViewHost Host(params string[] views) => new(_database, [("Views:MaxCost", "1"), .. views.Select(view => ($"Views:Items:{view}:ChangedRows", "1"))]);

    private Task CreateAsync(string view, string query, string key) => _database.ExecuteAsync($"CREATE MATERIALIZED VIEW {view} AS {query}; CREATE UNIQUE INDEX ON {view} ({key})");

    /// <summary>Changes rows, and has the server count them now.</summary>
    private async Task ChangeAsync(string sql)
    {
        await using NpgsqlConnection connection = await _database.DataSource.OpenConnectionAsync(Token);
        foreach (string statement in new[] { sql, "SELECT pg_stat_force_next_flush()" })
        {
            await using var command = new NpgsqlCommand(statement, connection);
            await command.ExecuteNonQueryAsync(Token);
        }
    }
}
