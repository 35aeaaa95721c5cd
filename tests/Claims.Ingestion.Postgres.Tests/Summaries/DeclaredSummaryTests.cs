using Claims.Ingestion.Postgres.Summaries;
using Claims.Ingestion.TestSupport;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;

namespace Claims.Ingestion.Postgres.Tests.Summaries;

/// <summary>Summaries that a team declares: a row for each claim with a roll-up, and one with a key of its own.</summary>
public sealed class DeclaredSummaryTests : IAsyncLifetime
{
    private static readonly SummaryDefinition _denials = new()
    {
        Name = "reporting.denied_claim",
        Query =
            """
            SELECT k.provider_id, k.claim_id, min(c.payer_id) AS payer_id, count(*) FILTER (WHERE a.denial_code IS NOT NULL) AS denied_lines, sum(a.payment_amount) AS paid
            FROM keys k
            JOIN claims.claim c USING (provider_id, claim_id)
            JOIN claims.remittance_claim r USING (provider_id, claim_id)
            JOIN claims.remittance_activity a ON a.file_id = r.file_id AND a.claim_no = r.claim_no
            GROUP BY k.provider_id, k.claim_id
            """,
        RollUps =
        [
            new RollUp { Name = "reporting.denied_by_payer", Where = "denied_lines > 0", GroupBy = [new("payer_id")], Sums = [new("lines", "denied_lines"), new("paid")] },
        ],
    };

    private static readonly SummaryDefinition _providers = new()
    {
        Name = "reporting.provider_total",
        Key = ["provider_id"],
        ChangedKeys = "SELECT provider_id FROM claims.claim WHERE file_id = ANY($1)",
        AllKeys = "SELECT provider_id FROM claims.claim",
        Query = "SELECT k.provider_id, count(*) AS claims, sum(c.net) AS net FROM keys k JOIN claims.claim c USING (provider_id) GROUP BY k.provider_id",
    };

    private ClaimsDatabase _database = null!;

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync()
    {
        _database = await ClaimsDatabase.CreateAsync();
        await _database.ExecuteAsync("CREATE SCHEMA reporting");
    }

    public ValueTask DisposeAsync() => _database.DisposeAsync();

    [Fact]
    public async Task Declared_OverClaimsThatAreThere_IsFilledAndFollowsWhatChanges()
    {
        await using ServiceProvider services = Create(_denials, _providers);
        var history = new RandomHistory(1);
        await services.Store().StoreAsync(history.Files(20), Token);
        await CatchUpAsync(services);
        await AssertSameAsync();
        for (int i = 0; i < 5; i++)
        {
            await services.Store().StoreAsync(history.Files(3), Token);
            await CatchUpAsync(services);
            await AssertSameAsync();
        }

        Assert.True(await _database.ScalarAsync<long>("SELECT count(*) FROM reporting.denied_by_payer WHERE row_count > 0") > 1);
        Assert.Equal(["(reporting.denied_claim,0)", "(reporting.provider_total,0)"], await _database.RowsAsync("SELECT summary_name, drifted FROM claims.summary_state WHERE summary_name LIKE 'rep%' ORDER BY 1"));
    }

    [Fact]
    public async Task Declared_ChangedQuery_IsAppliedToEveryKey()
    {
        await using (ServiceProvider services = Create(_providers))
        {
            await services.Store().StoreAsync(new RandomHistory(2).Files(10), Token);
            await CatchUpAsync(services);
        }

        await using ServiceProvider changed = Create(_providers with { Query = _providers.Query.Replace("sum(c.net)", "2 * sum(c.net)", StringComparison.Ordinal) });
        await CatchUpAsync(changed);

        Assert.Empty(await _database.RowsAsync("SELECT provider_id, claims, net FROM reporting.provider_total EXCEPT SELECT provider_id, count(*), 2 * sum(net) FROM claims.claim GROUP BY 1"));
        Assert.Equal(0L, await _database.ScalarAsync<long>("SELECT drifted FROM claims.summary_state WHERE summary_name = 'reporting.provider_total'"));
    }

    [Fact]
    public async Task Declared_OtherColumns_IsRefusedWithWhatToDo()
    {
        await using (ServiceProvider services = Create(_providers)) await CatchUpAsync(services);

        await using ServiceProvider changed = Create(_providers with { Query = _providers.Query.Replace("AS net", "AS total", StringComparison.Ordinal) });
        InvalidOperationException error = await Assert.ThrowsAsync<InvalidOperationException>(() => CatchUpAsync(changed));

        Assert.Equal(
            "The table \"reporting\".\"provider_total\" has the columns provider_id, claims, net, and the query of the summary gives provider_id, claims, total. Give the summary another name, or drop its tables and the row of claims.summary_state.",
            error.Message);
    }

    [Fact]
    public async Task Declared_QueryThatIsNoSql_IsRefusedWithItsName()
    {
        await using ServiceProvider services = Create(_providers with { Query = "SELECT nothing FROM nowhere" });

        InvalidOperationException error = await Assert.ThrowsAsync<InvalidOperationException>(() => CatchUpAsync(services));

        Assert.StartsWith("The summary reporting.provider_total cannot be kept: PostgreSQL reported 42P01", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void AddSummary_NameThatIsTaken_IsRefused()
    {
        IClaimsIngestionBuilder builder = new ServiceCollection().AddClaimsIngestion(new ConfigurationBuilder().Build().GetSection("Claims")).UsePostgres("Host=localhost");
        builder.AddSummary(_providers);

        Assert.Throws<ArgumentException>(() => builder.AddSummary(_providers));
        Assert.Throws<ArgumentException>(() => builder.AddSummary(_denials with { Name = "claim_summary" }));
    }

    private ServiceProvider Create(params SummaryDefinition[] definitions) => TestServices.Create(
        _database.ConnectionString, configure: services =>
        {
            foreach (SummaryDefinition definition in definitions) services.AddSingleton(definition);
        });

    private static async Task CatchUpAsync(ServiceProvider services)
    {
        SummarySet set = services.GetRequiredService<SummarySet>();
        foreach (SummaryDefinition definition in services.GetServices<SummaryDefinition>()) await set.CatchUpAsync(definition, Token);
    }

    private async Task AssertSameAsync()
    {
        await AssertEqualAsync(
            "SELECT provider_id, claim_id, payer_id, denied_lines, paid FROM reporting.denied_claim",
            _denials.Query.Replace("FROM keys k", "FROM (SELECT DISTINCT provider_id, claim_id FROM claims.claim) k", StringComparison.Ordinal));
        await AssertEqualAsync(
            "SELECT payer_id, row_count, lines, paid FROM reporting.denied_by_payer WHERE row_count > 0",
            "SELECT payer_id, count(*), sum(denied_lines), sum(paid) FROM reporting.denied_claim WHERE denied_lines > 0 GROUP BY payer_id");
        await AssertEqualAsync("SELECT provider_id, claims, net FROM reporting.provider_total", "SELECT provider_id, count(*), sum(net) FROM claims.claim GROUP BY provider_id");
    }

    private async Task AssertEqualAsync(string kept, string full) => Assert.Empty(await _database.RowsAsync($"(({kept}) EXCEPT ALL ({full})) UNION ALL (({full}) EXCEPT ALL ({kept}))"));
}
