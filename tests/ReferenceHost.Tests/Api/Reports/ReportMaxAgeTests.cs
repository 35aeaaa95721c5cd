using System.Net;
using System.Text.Json;
using Claims.Ingestion.TestSupport;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Options;
using Microsoft.Extensions.Time.Testing;

namespace ReferenceHost.Tests.Api.Reports;

/// <summary>A page is given again for a few seconds, except to those who have to see what is there now.</summary>
public sealed class ReportMaxAgeTests(ReportFixture fixture) : IClassFixture<ReportFixture>
{
    private const string Path = "/api/reports/balance-amount?facility=F007&limit=5&totals=true";

    private static readonly TimeSpan MaxAge = TimeSpan.FromSeconds(5);

    private readonly FakeTimeProvider _time = new(TimeProvider.System.GetUtcNow());

    private ClaimsDatabase Database => fixture.Database;

    [Fact]
    public async Task YoungPage_IsGivenAgain_WithItsOwnState()
    {
        await using ReportHost host = await StartAsync("00:00:05");
        JsonElement first = await host.JsonAsync(Path);
        await ChangeAsync();

        _time.Advance(MaxAge);
        JsonElement again = await host.JsonAsync(Path);
        Assert.Equal(first.GetRawText(), again.GetRawText());
        Assert.Equal((3, 1, 1), Queries(host));

        _time.Advance(TimeSpan.FromMilliseconds(1));
        JsonElement changed = await host.JsonAsync(Path);
        Assert.NotEqual(first.GetProperty("version").GetString(), changed.GetProperty("version").GetString());
        Assert.Equal(Paid(first) + 5000, Paid(changed));
        Assert.Equal(await SumAsync(), changed.GetProperty("totals").GetProperty("totalPayment").GetDecimal());
    }

    [Fact]
    public async Task OldPage_WhoseRowsHoldStill_IsYoungAgain()
    {
        await using ReportHost host = await StartAsync("00:00:05");
        await host.JsonAsync(Path);
        _time.Advance(MaxAge + MaxAge);

        await host.JsonAsync(Path);
        Assert.Equal((4, 1, 1), Queries(host));
        _time.Advance(MaxAge);
        await host.JsonAsync(Path);
        Assert.Equal((4, 1, 1), Queries(host));
    }

    [Theory]
    [InlineData("Cache-Control", "no-cache")]
    [InlineData("Cache-Control", "max-age=0")]
    [InlineData("If-None-Match", "W/\"another\"")]
    public async Task Caller_WhoHasToSeeWhatIsThere_IsGivenIt(string name, string value)
    {
        await using ReportHost host = await StartAsync("00:00:05");
        JsonElement first = await host.JsonAsync(Path);
        await ChangeAsync();

        JsonElement changed = await host.JsonAsync(Path, (name, value));

        Assert.Equal(Paid(first) + 5000, Paid(changed));

        // It takes the place of the older one.
        Assert.Equal(changed.GetRawText(), (await host.JsonAsync(Path)).GetRawText());
    }

    [Fact]
    public async Task Head_SaysWhatIsThere()
    {
        await using ReportHost host = await StartAsync("00:00:05");
        JsonElement first = await host.JsonAsync(Path);
        await ChangeAsync();

        using HttpResponseMessage head = await host.SendAsync(HttpMethod.Head, Path);

        Assert.NotEqual(first.GetProperty("version").GetString(), head.Headers.GetValues("Claims-Report-Version").Single());
    }

    [Fact]
    public async Task Tag_OfAYoungPage_IsThatOfItsRows()
    {
        await using ReportHost host = await StartAsync("00:00:05");
        using HttpResponseMessage first = await host.GetAsync(Path);
        await ChangeAsync();
        using HttpResponseMessage young = await host.GetAsync(Path);
        Assert.Equal(first.Headers.ETag, young.Headers.ETag);

        using HttpResponseMessage asked = await host.GetAsync(Path, ("If-None-Match", young.Headers.ETag!.ToString()));
        Assert.Equal(HttpStatusCode.OK, asked.StatusCode);
        Assert.NotEqual(first.Headers.ETag, asked.Headers.ETag);
    }

    [Fact]
    public async Task SumsOfAnotherVersion_TakeThePageWithThem()
    {
        const string Page = "/api/reports/balance-amount?facility=F007&limit=5";
        await using ReportHost host = await StartAsync("00:00:05");
        JsonElement first = await host.JsonAsync(Page);
        await ChangeAsync();

        JsonElement both = await host.JsonAsync($"{Page}&totals=true");

        Assert.Equal(Paid(first) + 5000, Paid(both));
        Assert.Equal(await SumAsync(), both.GetProperty("totals").GetProperty("totalPayment").GetDecimal());
        Assert.Equal(both.GetRawText(), (await host.JsonAsync($"{Page}&totals=true")).GetRawText());
    }

    [Fact]
    public async Task OldPage_IsGivenWhileANewerOneIsRead()
    {
        await using ReportHost host = await StartAsync("00:00:05", maxStale: "00:00:10");
        JsonElement first = await host.JsonAsync(Path);
        await ChangeAsync();
        _time.Advance(MaxAge + TimeSpan.FromSeconds(10));

        JsonElement[] stale = await Task.WhenAll(Enumerable.Range(0, 20).Select(_ => host.JsonAsync(Path)));

        Assert.Equal(first.GetRawText(), stale[0].GetRawText());
        JsonElement changed = first;
        while (changed.GetProperty("version").GetString() == first.GetProperty("version").GetString()) changed = await host.JsonAsync(Path);
        Assert.Equal(Paid(first) + 5000, Paid(changed));
        Assert.Equal(await SumAsync(), changed.GetProperty("totals").GetProperty("totalPayment").GetDecimal());

        // All of it in one snapshot, for all who asked.
        Assert.Equal((4, 2, 2), Queries(host));
    }

    [Fact]
    public async Task OldPage_TooOld_IsWaitedFor()
    {
        await using ReportHost host = await StartAsync("00:00:05", maxStale: "00:00:10");
        JsonElement first = await host.JsonAsync(Path);
        await ChangeAsync();
        _time.Advance(MaxAge + TimeSpan.FromSeconds(10.001));

        Assert.Equal(Paid(first) + 5000, Paid(await host.JsonAsync(Path)));
    }

    [Fact]
    public async Task OldPage_OfWhichNoNewerOneCanBeRead_IsGivenUntilItIsTooOld()
    {
        await using ReportHost host = await StartAsync("00:00:05", maxStale: "00:00:10");
        JsonElement first = await host.JsonAsync(Path);
        await Database.ExecuteAsync("ALTER TABLE claims.report_state RENAME TO report_state_away");
        try
        {
            _time.Advance(MaxAge + MaxAge);
            for (int i = 0; i < 3; i++) Assert.Equal(first.GetRawText(), (await host.JsonAsync(Path)).GetRawText());
            _time.Advance(TimeSpan.FromSeconds(6));
            using HttpResponseMessage answer = await host.GetAsync(Path);
            Assert.False(answer.IsSuccessStatusCode);
        }
        finally
        {
            await Database.ExecuteAsync("ALTER TABLE claims.report_state_away RENAME TO report_state");
        }

        // And read again as soon as it can be.
        Assert.Equal(Paid(first), Paid(await host.JsonAsync(Path)));
    }

    [Theory]
    [InlineData("-00:00:01")]
    [InlineData("00:01:01")]
    public async Task MaxAge_BeyondItsLimits_StopsTheStart(string maxAge)
    {
        var exception = await Assert.ThrowsAsync<OptionsValidationException>(() => StartAsync(maxAge));

        Assert.Contains("MaxAge", exception.Message, StringComparison.Ordinal);
    }

    private static decimal Paid(JsonElement answer) => answer.GetProperty("rows").EnumerateArray().Sum(row => row.GetProperty("totalPayment").GetDecimal());

    private static (long State, long Page, long Totals) Queries(ReportHost host) => (host.Queries("state"), host.Queries("page"), host.Queries("totals"));

    private Task<ReportHost> StartAsync(string maxAge, string maxStale = "00:00:00") => ReportHost.StartAsync(Database.ConnectionString, builder =>
    {
        builder.Services.AddSingleton<TimeProvider>(_time);
        builder.Configuration.AddInMemoryCollection(new Dictionary<string, string?> { ["Reports:MaxAge"] = maxAge, ["Reports:MaxStale"] = maxStale });
    });

    private Task ChangeAsync() => Database.RefreshAsync("UPDATE claims.claim_summary SET total_payment = total_payment + 1000 WHERE facility_id = 'F007'");

    private Task<decimal> SumAsync() => Database.ScalarAsync<decimal>("SELECT sum(total_payment) FROM claims.claim_summary WHERE facility_id = 'F007'");
}
