using Claims.Ingestion.Postgres.Summaries;
using Claims.Ingestion.Postgres.Views;
using Claims.Ingestion.TestSupport;
using Microsoft.Extensions.DependencyInjection;
using Npgsql;

namespace Claims.Ingestion.Postgres.Tests.Summaries;

/// <summary>The reports that are kept as summaries are, value for value, what the full queries give.</summary>
public sealed class ClaimSummaryTests : IAsyncLifetime
{
    private ClaimsDatabase _database = null!;
    private ServiceProvider _services = null!;

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    private SummarySet Set => _services.GetRequiredService<SummarySet>();

    public async ValueTask InitializeAsync()
    {
        _database = await ClaimsDatabase.CreateAsync();
        _services = Create();
    }

    public async ValueTask DisposeAsync()
    {
        await _services.DisposeAsync();
        await _database.DisposeAsync();
    }

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    public async Task Step_RandomFilesInRandomOrderWithCrashes_ShowsWhatTheFullQueriesGive(int seed)
    {
        var history = new RandomHistory(seed);
        await BreakAtRandomAsync();
        int crashes = 0, checks = 0;
        foreach (SampleFile[] batch in history.Files(40).Chunk(2))
        {
            await _services.Store().StoreAsync(batch, Token);
            if (history.Chance(0.4)) continue;

            // The connection is lost at one of the writes of the step, or at none.
            await _database.ExecuteAsync($"SELECT setval('public.write', 1), setval('public.crash', {2 + history.Next(12)})");
            try
            {
                await Set.StepAsync(ClaimSummary.Definition, isUrgent: history.Chance(0.5), Token);
            }
            catch (NpgsqlException)
            {
                crashes++;
                await _services.DisposeAsync();
                _services = Create();
            }

            await _database.ExecuteAsync("SELECT setval('public.crash', 1000000)");
            if (!history.Chance(0.3)) continue;
            await CatchUpAsync();
            await AssertSameAsync();
            checks++;
        }

        await CatchUpAsync();
        await AssertSameAsync();
        Assert.True(crashes > 2 && checks > 0, $"{crashes} crashes, {checks} checks");
        Assert.Equal(0L, await _database.ScalarAsync<long>("SELECT drifted FROM claims.summary_state"));
    }

    [Theory]
    [InlineData("UPDATE claims.claim_summary SET total_payment = total_payment + 0.01 WHERE ctid = (SELECT ctid FROM claims.claim_summary OFFSET 3 LIMIT 1)", 1)]
    [InlineData("DELETE FROM claims.claim_summary WHERE ctid = (SELECT ctid FROM claims.claim_summary OFFSET 3 LIMIT 1)", 1)]
    [InlineData("INSERT INTO claims.claim_summary SELECT (jsonb_populate_record(s, '{\"claim_id\": \"NONE\"}')).* FROM claims.claim_summary s LIMIT 1", 1)]
    [InlineData("UPDATE claims.payerwise_rollup SET paid_amount = paid_amount + 1 WHERE ctid = (SELECT min(ctid) FROM claims.payerwise_rollup)", 1)]
    [InlineData("DELETE FROM claims.payerwise_rollup WHERE ctid = (SELECT min(ctid) FROM claims.payerwise_rollup)", 1)]
    [InlineData("INSERT INTO claims.payerwise_rollup SELECT (jsonb_populate_record(r, '{\"payer_id\": \"NONE\"}')).* FROM claims.payerwise_rollup r LIMIT 1", 1)]
    [InlineData("UPDATE claims.activity SET net = net + 1", 2)]
    public async Task Audit_RowsChangedByHand_AreFoundReportedAndPutRight(string damage, int least)
    {
        await _services.Store().StoreAsync(new RandomHistory(5).Files(20), Token);
        await CatchUpAsync();
        await AssertSameAsync();
        await _database.ExecuteAsync(damage);

        long drifted = await PassAsync() + await PassAsync();

        Assert.True(drifted >= least, $"{drifted} found");
        await AssertSameAsync();
        Assert.Equal(drifted, await _database.ScalarAsync<long>("SELECT drifted FROM claims.summary_state WHERE last_drift_at IS NOT NULL"));
        Assert.Equal(0, await PassAsync());
    }

    [Fact]
    public async Task Audit_WhileClaimsChange_FindsNothing()
    {
        var history = new RandomHistory(6);
        await _services.Store().StoreAsync(history.Files(30), Token);
        await CatchUpAsync();
        await _database.ExecuteAsync("UPDATE claims.summary_state SET key_count = 1");
        for (int i = 0; i < 12; i++)
        {
            await _services.Store().StoreAsync(history.Files(2), Token);
            await DueAsync();
            await Set.StepAsync(ClaimSummary.Definition, isUrgent: false, Token);
        }

        await AssertSameAsync();
        Assert.Equal(0L, await _database.ScalarAsync<long>("SELECT drifted FROM claims.summary_state"));
        Assert.True(await _database.ScalarAsync<long>("SELECT passes FROM claims.summary_state") > 1);
    }

    [Fact]
    public async Task Step_ManyChanges_TakesTheOldestTransactionsAndComesToAll()
    {
        await _services.DisposeAsync();
        _services = Create(("Claims:Postgres:Views:Summaries:BatchClaims", "5"));
        await CatchUpAsync();
        var history = new RandomHistory(7);

        // One transaction with an early number commits after later ones were shown.
        await using NpgsqlConnection open = await _database.DataSource.OpenConnectionAsync(Token);
        await using NpgsqlTransaction late = await open.BeginTransactionAsync(Token);
        await using (var number = new NpgsqlCommand("SELECT pg_current_xact_id()", open)) await number.ExecuteScalarAsync(Token);
        foreach (SampleFile file in history.Files(12)) await _services.Store().StoreAsync([file], Token);

        int steps = 0;
        while (await Set.StepAsync(ClaimSummary.Definition, isUrgent: false, Token) is { } step)
        {
            steps++;
            Assert.InRange(step.Claims, 1, 5);
            if (!step.HasMore) break;
        }

        Assert.True(steps > 3, $"{steps} steps");
        await AssertSameAsync();
        await using (var change = new NpgsqlCommand("INSERT INTO claims.view_change (rows, file_ids) SELECT 3, array_agg(id) FROM claims.claim_file", open)) await change.ExecuteNonQueryAsync(Token);
        await late.CommitAsync(Token);

        Assert.Equal(3, (await Set.StepAsync(ClaimSummary.Definition, isUrgent: false, Token))!.Value.Claims);
        Assert.Equal(0L, await _database.ScalarAsync<long>("SELECT count(*) FROM claims.view_change"));
    }

    [Fact]
    public async Task Step_NothingChanged_WritesNothingAndKeepsTheVersion()
    {
        await _services.Store().StoreAsync(new RandomHistory(8).Files(4), Token);
        await CatchUpAsync();
        string version = await VersionAsync();

        await CatchUpAsync();
        await PassAsync();

        Assert.Equal(version, await VersionAsync());
    }

    [Fact]
    public async Task Step_AnotherHostIsAtIt_LeavesItAlone()
    {
        await CatchUpAsync();
        await _services.Store().StoreAsync(new RandomHistory(9).Files(1), Token);
        await using NpgsqlConnection other = await _database.DataSource.OpenConnectionAsync(Token);
        await using NpgsqlTransaction transaction = await other.BeginTransactionAsync(Token);
        await using (var hold = new NpgsqlCommand("SELECT FROM claims.summary_state FOR UPDATE", other)) await hold.ExecuteNonQueryAsync(Token);

        Assert.Null(await Set.StepAsync(ClaimSummary.Definition, isUrgent: true, Token));
    }

    [Theory]
    [InlineData("UPDATE claims.summary_state SET snapshot = '900000000:900000000:'")]
    [InlineData("UPDATE claims.summary_state SET refreshed_at = now() - interval '8 days'")]
    [InlineData("INSERT INTO claims.view_change (rows) VALUES (1)")]
    public async Task Step_NobodyKnowsWhatChanged_ComputesEveryKeyAgain(string loss)
    {
        await _services.Store().StoreAsync(new RandomHistory(10).Files(6), Token);
        await CatchUpAsync();
        await _services.Store().StoreAsync(new RandomHistory(11).Files(6), Token);
        await _database.ExecuteAsync($"DELETE FROM claims.view_change; {loss}");

        await Set.StepAsync(ClaimSummary.Definition, isUrgent: true, Token);
        await CatchUpAsync();

        await AssertSameAsync();
        Assert.Equal(0L, await _database.ScalarAsync<long>("SELECT drifted FROM claims.summary_state"));
    }

    [Fact]
    public async Task Step_FilledDatabase_FillsTheSummaryInSlicesBesideWhatChanges()
    {
        // As after a migration: the reports are materialized views, and readers see them until the summary is whole.
        await _services.Store().StoreAsync(new RandomHistory(12).Files(20), Token);
        await _database.ExecuteAsync("REFRESH MATERIALIZED VIEW claims.materialized_balance_amount_summary");
        long before = await _database.ScalarAsync<long>("SELECT count(*) FROM claims.mv_balance_amount_summary");

        await Set.StepAsync(ClaimSummary.Definition, isUrgent: true, Token);

        Assert.Equal(before, await _database.ScalarAsync<long>("SELECT count(*) FROM claims.mv_balance_amount_summary"));
        Assert.Equal(["(materialized)"], await _database.RowsAsync("SELECT DISTINCT mode FROM claims.report_state"));
        await CatchUpAsync();
        Assert.Equal(["(incremental)"], await _database.RowsAsync("SELECT DISTINCT mode FROM claims.report_state"));
        Assert.Equal(
            ["(mv_balance_amount_summary,switched)", "(mv_claim_summary_payerwise,switched)", "(mv_remittance_advice_summary,switched)"],
            await _database.RowsAsync("SELECT view_name, decision FROM claims.view_decision ORDER BY 1"));
        Assert.Equal(0, await _database.ScalarAsync<long>("SELECT count(*) FROM claims.view_change"));
        await AssertSameAsync();
    }

    [Fact]
    public async Task ReportState_SaysHowFreshTheReportsAre()
    {
        await CatchUpAsync();
        await _services.Store().StoreAsync([Sample.Submission("a", Sample.Day1, Sample.Claim("C1", 5m))], Token);
        long position = await _database.ScalarAsync<long>("SELECT max(id) FROM claims.claim_file");
        await CatchUpAsync();
        Assert.All(await Reports.GetReportsAsync(Token), r => Assert.Equal((0, position, ReportMode.Incremental), (r.WaitingClaims, r.LedgerPosition, r.Mode)));

        await _services.Store().StoreAsync([Sample.Submission("b", Sample.Day1, Sample.Claim("C2", 5m), Sample.Claim("C3", 5m, 2))], Token);

        IReadOnlyList<ReportStatus> waiting = await Reports.GetReportsAsync(Token);
        Assert.All(waiting, r => Assert.Equal((2, position), (r.WaitingClaims, r.LedgerPosition)));
        await CatchUpAsync();
        Assert.All((await Reports.GetReportsAsync(Token)).Zip(waiting), pair =>
        {
            Assert.NotEqual(pair.Second.Version, pair.First.Version);
            Assert.True(pair.First.AsOf > pair.Second.AsOf);
        });
    }

    private ReportViews Reports => _services.GetRequiredService<ReportViews>();

    private ServiceProvider Create(params (string Key, string Value)[] settings) =>
        TestServices.Create(_database.ConnectionString, settings.ToDictionary(s => s.Key, s => (string?)s.Value));

    private Task CatchUpAsync() => Set.CatchUpAsync(ClaimSummary.Definition, Token);

    /// <summary>A whole pass of the audit; gives how much it found wrong.</summary>
    private async Task<long> PassAsync()
    {
        long passes = await _database.ScalarAsync<long>("SELECT passes FROM claims.summary_state"), drifted = 0;
        do
        {
            await DueAsync();
            drifted += (await Set.StepAsync(ClaimSummary.Definition, isUrgent: false, Token))!.Value.Drifted;
        }
        while (await _database.ScalarAsync<long>("SELECT passes FROM claims.summary_state") == passes);
        return drifted;
    }

    private Task DueAsync() => _database.ExecuteAsync("UPDATE claims.summary_state SET next_slice_at = now()");

    private Task<string> VersionAsync() => _database.ScalarAsync<string>("SELECT version FROM claims.report_state WHERE view_name = 'mv_balance_amount_summary'");

    /// <summary>Each write of a step counts, in a sequence, which a rollback does not set back; at the number that 'crash' holds the server ends the connection.</summary>
    private Task BreakAtRandomAsync() => _database.ExecuteAsync(
        """
        CREATE SEQUENCE public.write; CREATE SEQUENCE public.crash START 1000000; SELECT nextval('public.crash');
        CREATE FUNCTION public.break() RETURNS trigger LANGUAGE plpgsql AS $$
        BEGIN
          IF nextval('public.write') = (SELECT last_value FROM public.crash) THEN PERFORM pg_terminate_backend(pg_backend_pid()); END IF;
          RETURN NULL;
        END $$;
        CREATE TRIGGER break AFTER INSERT OR UPDATE OR DELETE ON claims.claim_summary EXECUTE FUNCTION public.break();
        CREATE TRIGGER break AFTER INSERT OR UPDATE OR DELETE ON claims.payerwise_rollup EXECUTE FUNCTION public.break();
        CREATE TRIGGER break AFTER INSERT OR UPDATE OR DELETE ON claims.payerwise_rollup_audit EXECUTE FUNCTION public.break();
        CREATE TRIGGER break AFTER UPDATE ON claims.summary_state EXECUTE FUNCTION public.break();
        """);

    private async Task AssertSameAsync()
    {
        foreach (string report in new[] { "balance_amount_summary", "remittance_advice_summary", "claim_summary_payerwise" })
        {
            await _database.ExecuteAsync($"REFRESH MATERIALIZED VIEW claims.materialized_{report}");
            Assert.Empty(await _database.RowsAsync(
                $"(TABLE claims.mv_{report} EXCEPT ALL TABLE claims.materialized_{report}) UNION ALL (TABLE claims.materialized_{report} EXCEPT ALL TABLE claims.mv_{report})"));
            Assert.True(await _database.ScalarAsync<bool>($"SELECT EXISTS (TABLE claims.mv_{report})"));
        }

        Assert.Empty(await _database.RowsAsync("(TABLE claims.claim_summary EXCEPT ALL TABLE claims.claim_summary_now) UNION ALL (TABLE claims.claim_summary_now EXCEPT ALL TABLE claims.claim_summary)"));
    }
}
