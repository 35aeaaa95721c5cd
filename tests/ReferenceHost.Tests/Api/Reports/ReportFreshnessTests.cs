using System.Net;
using System.Text.Json;

namespace ReferenceHost.Tests.Api.Reports;

/// <summary>How fresh an answer is, and whether it has to be sent again.</summary>
public sealed class ReportFreshnessTests(ReportFixture fixture) : IClassFixture<ReportFixture>
{
    public static TheoryData<string> Paths => ["/api/reports/balance-amount?limit=3&totals=true", "/api/reports/remittance-advice.csv?facility=F001", "/api/reports/payerwise?from=2024-02-01"];

    private ReportHost Host => fixture.Host;

    [Fact]
    public async Task Answer_SaysHowFreshItIs_InBodyAndHeaders()
    {
        await fixture.Database.RefreshAsync(
            """
            DELETE FROM claims.view_change;
            UPDATE claims.summary_state SET snapshot = pg_current_snapshot();
            INSERT INTO claims.view_change (at, rows, remittance_rows, file_ids) VALUES ('2026-01-02 03:04:05.25+00', 7, 3, '{42,41}')
            """);
        string version = await fixture.Database.ScalarAsync<string>("SELECT version FROM claims.report_state WHERE view_name = 'mv_balance_amount_summary'");

        using HttpResponseMessage answer = await Host.GetAsync("/api/reports/balance-amount?limit=1");
        using var json = JsonDocument.Parse(await answer.Content.ReadAsStringAsync(TestContext.Current.CancellationToken));

        Assert.Equal(DateTimeOffset.Parse("2026-01-02T03:04:05.25Z", System.Globalization.CultureInfo.InvariantCulture), json.RootElement.GetProperty("asOf").GetDateTimeOffset());
        Assert.Equal((40, version, 7), (json.RootElement.GetProperty("ledgerPosition").GetInt64(), json.RootElement.GetProperty("version").GetString(), json.RootElement.GetProperty("waitingClaims").GetInt64()));
        foreach (string path in new[] { "/api/reports/balance-amount?limit=1", "/api/reports/balance-amount.csv?limit=1" })
        {
            using HttpResponseMessage again = await Host.GetAsync(path);
            Assert.Equal(
                ("2026-01-02T03:04:05.2500000+00:00", "40", version, "7"),
                (Header(again, "Claims-Report-As-Of"), Header(again, "Claims-Report-Ledger-Position"), Header(again, "Claims-Report-Version"), Header(again, "Claims-Report-Waiting-Claims")));
        }

        await fixture.Database.RefreshAsync("DELETE FROM claims.view_change");
    }

    [Theory]
    [MemberData(nameof(Paths))]
    public async Task Answer_ThatIsKnown_IsNotSentAgain(string path)
    {
        using HttpResponseMessage first = await Host.GetAsync(path);
        string tag = first.Headers.ETag!.ToString();
        Assert.Equal(HttpStatusCode.OK, first.StatusCode);
        Assert.StartsWith("W/\"i", tag, StringComparison.Ordinal);
        Assert.Equal("no-cache, private", first.Headers.CacheControl!.ToString());

        foreach (string known in new[] { tag, $"\"other\", W/\"more\",{tag}", "*", tag[2..] })
        {
            foreach (HttpMethod method in new[] { HttpMethod.Get, HttpMethod.Head })
            {
                using HttpResponseMessage again = await Host.SendAsync(method, path, ("If-None-Match", known));
                Assert.Equal((HttpStatusCode.NotModified, tag, ""), (again.StatusCode, again.Headers.ETag?.ToString(), await again.Content.ReadAsStringAsync(TestContext.Current.CancellationToken)));
                Assert.Equal("no-cache, private", again.Headers.CacheControl!.ToString());
                Assert.True(DateTimeOffset.Parse(Header(again, "Claims-Report-As-Of")!, System.Globalization.CultureInfo.InvariantCulture) >= DateTimeOffset.Parse(Header(first, "Claims-Report-As-Of")!, System.Globalization.CultureInfo.InvariantCulture));
            }
        }

        foreach (string unknown in new[] { "\"other\"", "rubbish", "" })
        {
            using HttpResponseMessage again = await Host.GetAsync(path, ("If-None-Match", unknown));
            Assert.Equal(HttpStatusCode.OK, again.StatusCode);
        }

        await fixture.Database.RefreshAsync("UPDATE claims.claim_summary SET total_payment = total_payment + 1 WHERE claim_id = 'C00000001'");
        using HttpResponseMessage changed = await Host.GetAsync(path, ("If-None-Match", tag));
        Assert.Equal(HttpStatusCode.OK, changed.StatusCode);
        Assert.NotEqual(tag, changed.Headers.ETag!.ToString());
    }

    [Fact]
    public async Task Head_HasTheHeadersOfGet_AndAsksForNoRows()
    {
        foreach (string path in Paths.Select(path => path.Data))
        {
            using HttpResponseMessage get = await Host.GetAsync(path);
            await get.Content.ReadAsStringAsync(TestContext.Current.CancellationToken);
            (long pages, long exports) = (Host.Queries("page"), Host.Queries("export"));
            using HttpResponseMessage head = await Host.SendAsync(HttpMethod.Head, path);
            Assert.Equal((HttpStatusCode.OK, get.Headers.ETag, pages, exports), (head.StatusCode, head.Headers.ETag, Host.Queries("page"), Host.Queries("export")));
            Assert.Empty(await head.Content.ReadAsByteArrayAsync(TestContext.Current.CancellationToken));
        }
    }

    [Fact]
    public async Task Tag_OfOtherRows_IsAnother()
    {
        string next = (await Host.JsonAsync("/api/reports/balance-amount")).GetProperty("next").GetString()!;
        var tags = new HashSet<string>();
        string[] paths =
        [
            "balance-amount", "balance-amount.csv", "remittance-advice", "payerwise", "balance-amount?totals=true", "balance-amount?limit=7", "balance-amount?facility=F001", "balance-amount?payer=F001",
            "balance-amount?from=2024-01-01", "balance-amount?to=2024-01-01", $"balance-amount?cursor={next}", "balance-amount?facility=F001&payer=F001",
        ];
        foreach (string path in paths)
        {
            using HttpResponseMessage answer = await Host.SendAsync(HttpMethod.Head, $"/api/reports/{path}");
            Assert.True(tags.Add(answer.Headers.ETag!.ToString()), path);
        }

        using HttpResponseMessage same = await Host.SendAsync(HttpMethod.Head, "/api/reports/balance-amount?limit=100&facility=&totals=false");
        Assert.Contains(same.Headers.ETag!.ToString(), tags);
    }

    private static string? Header(HttpResponseMessage answer, string name) => answer.Headers.TryGetValues(name, out IEnumerable<string>? values) ? values.Single() : null;
}
