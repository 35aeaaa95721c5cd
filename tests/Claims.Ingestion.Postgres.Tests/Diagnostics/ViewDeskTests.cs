using Claims.Ingestion.Diagnostics;
using Claims.Ingestion.Postgres.Summaries;
using Claims.Ingestion.Postgres.Tests.Views;
using Claims.Ingestion.Postgres.Views;
using Claims.Ingestion.TestSupport;
using Microsoft.Extensions.DependencyInjection;

namespace Claims.Ingestion.Postgres.Tests.Diagnostics;

public sealed class ViewDeskTests : IAsyncLifetime
{
    private const string Report = "mv_claim_summary_payerwise";

    private ClaimsDatabase _database = null!;

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync() => _database = await ClaimsDatabase.CreateAsync();

    public ValueTask DisposeAsync() => _database.DisposeAsync();

    [Fact]
    public async Task Refresh_ReportThatIsKeptAsASummary_CatchesUp()
    {
        await using ViewHost host = new(_database);
        IViewDesk desk = host.Services.GetRequiredService<IViewDesk>();
        await host.SubmitAsync("a", 3);
        Assert.Equal((null, 3L), Of(await desk.ReadAsync(Token)));

        await desk.RefreshAsync(Report, "for a test", Token);
        ViewOverview fresh = (await desk.ReadAsync(Token)).Single(v => v.Name == Report);
        Assert.Equal(("incremental", TimeSpan.Zero, 0L, 3L), (fresh.Mode, fresh.Staleness, fresh.WaitingClaims, await ClaimsAsync()));
        Assert.NotNull(fresh.RefreshedAt);
        Assert.Equal("switched", fresh.Decisions[0].Decision);

        await host.SubmitAsync("b", 4);
        ViewOverview stale = (await desk.ReadAsync(Token)).Single(v => v.Name == Report);
        Assert.Equal(4, stale.WaitingClaims);
        Assert.True(stale.Staleness > TimeSpan.Zero);
        await desk.RefreshAsync("mv_balance_amount_summary", "for a test", Token);
        Assert.Equal(7, await ClaimsAsync());

        static (DateTimeOffset? RefreshedAt, long Waiting) Of(IReadOnlyList<ViewOverview> views) => views.Where(v => v.Name == Report).Select(v => (v.RefreshedAt, v.WaitingClaims)).Single();
    }

    [Fact]
    public async Task Refresh_ReportThatIsKeptAsAMaterializedView_RefreshesThatOneAndSaysWhy()
    {
        await using ViewHost host = new(_database, ("Views:Mode", "Materialized"));
        IViewDesk desk = host.Services.GetRequiredService<IViewDesk>();
        await host.SubmitAsync("a", 3);

        await desk.RefreshAsync(Report, "for a test", Token);

        IReadOnlyList<ViewOverview> views = await desk.ReadAsync(Token);
        Assert.Equal(ReportViews.Names, views.Select(v => v.Name));
        ViewOverview fresh = views.Single(v => v.Name == Report);
        Assert.Equal(("materialized", 0L, 3L), (fresh.Mode, fresh.WaitingClaims, await ClaimsAsync()));
        Assert.Equal(("refreshed", "for a test", 3L, 1), (fresh.Decisions[0].Decision, fresh.Decisions[0].Reason, fresh.Decisions[0].ChangedRows, fresh.Decisions[0].Times));
        Assert.NotNull(fresh.Decisions[0].Duration);
        Assert.Equal(3, views.Single(v => v.Name == "mv_balance_amount_summary").WaitingClaims);
    }

    [Fact]
    public async Task Refresh_ViewOfTheSettingsOverTheSummary_BringsTheSummaryUpToDateFirst()
    {
        await _database.ExecuteAsync("CREATE MATERIALIZED VIEW public.mv_big AS SELECT provider_id, count(*) AS claims FROM claims.claim_summary GROUP BY provider_id; CREATE UNIQUE INDEX ON public.mv_big (provider_id)");
        await using ViewHost host = new(_database, ("Views:Items:public.mv_big:ChangedRows", "10"));
        IViewDesk desk = host.Services.GetRequiredService<IViewDesk>();
        await host.SubmitAsync("a", 3);

        await desk.RefreshAsync("public.mv_big", "for a test", Token);

        Assert.Equal(["(DHA-F-0000001,3)"], await _database.RowsAsync("SELECT * FROM public.mv_big"));
        Assert.Equal([.. ReportViews.Names, "public.mv_big"], (await desk.ReadAsync(Token)).Select(v => v.Name));
    }

    [Fact]
    public async Task Refresh_ViewThatCannotBe_SaysWhatToDo()
    {
        await _database.ExecuteAsync("CREATE MATERIALIZED VIEW public.mv_plain AS SELECT provider_id FROM claims.claim");
        await using ViewHost host = new(_database, ("Views:Items:public.mv_plain:ChangedRows", "10"), ("Views:Items:public.mv_gone:ChangedRows", "10"));
        IViewDesk desk = host.Services.GetRequiredService<IViewDesk>();

        // At once, before anything is begun.
        ArgumentException unknown = Assert.Throws<ArgumentException>(() => { _ = desk.RefreshAsync("mv_other", "for a test", Token); });
        var noIndex = await Assert.ThrowsAsync<OperatorActionException>(() => desk.RefreshAsync("public.mv_plain", "for a test", Token));
        var gone = await Assert.ThrowsAsync<OperatorActionException>(() => desk.RefreshAsync("public.mv_gone", "for a test", Token));

        Assert.Equal($"There is no view 'mv_other'; there are {string.Join(", ", ReportViews.Names)}, public.mv_gone, public.mv_plain.", unknown.Message);
        Assert.Contains("CREATE UNIQUE INDEX ON public.mv_plain (provider_id)", noIndex.Message, StringComparison.Ordinal);
        Assert.Contains("there is no such materialized view", gone.Message, StringComparison.Ordinal);
        ViewOverview never = (await desk.ReadAsync(Token)).Single(v => v.Name == "public.mv_gone");
        Assert.Equal(("materialized", null, 0L), (never.Mode, never.RefreshedAt, never.WaitingClaims));
    }

    [Fact]
    public async Task Refresh_DeclaredSummary_CatchesUp()
    {
        await _database.ExecuteAsync("CREATE SCHEMA reporting");
        await using ServiceProvider services = TestServices.Create(_database.ConnectionString, configure: added => added.AddSingleton(new SummaryDefinition
        {
            Name = "reporting.provider_total",
            Key = ["provider_id"],
            ChangedKeys = "SELECT provider_id FROM claims.claim WHERE file_id = ANY($1)",
            AllKeys = "SELECT provider_id FROM claims.claim",
            Query = "SELECT k.provider_id, count(*) AS claims FROM keys k JOIN claims.claim c USING (provider_id) GROUP BY k.provider_id",
        }));
        IViewDesk desk = services.GetRequiredService<IViewDesk>();
        await services.Store().StoreAsync([Sample.Submission("s", Sample.Day1, Sample.Claim("C", 1m))], Token);
        Assert.Null((await desk.ReadAsync(Token))[^1].RefreshedAt);

        await desk.RefreshAsync("reporting.provider_total", "for a test", Token);

        Assert.Equal(["(DHA-F-0000001,1)"], await _database.RowsAsync("SELECT provider_id, claims FROM reporting.provider_total"));
        ViewOverview fresh = (await desk.ReadAsync(Token))[^1];
        Assert.Equal(("reporting.provider_total", "incremental", 0L), (fresh.Name, fresh.Mode, fresh.WaitingClaims));
        Assert.NotNull(fresh.RefreshedAt);
    }

    private Task<long> ClaimsAsync() => _database.ScalarAsync<long>($"SELECT sum(claim_count)::bigint FROM claims.{Report}");
}
