using System.Net;
using System.Net.Http.Json;
using System.Text.Json;

namespace ReferenceHost.Tests.Api.Reports;

/// <summary>What is refused, and how.</summary>
public sealed class ReportQueryTests(ReportFixture fixture) : IClassFixture<ReportFixture>
{
    [Theory]
    [InlineData("balance-amount?limit=0", "limit", "limit is 0; it must be from 1 to 1000.")]
    [InlineData("balance-amount?limit=1001", "limit", "limit is 1001; it must be from 1 to 1000.")]
    [InlineData("balance-amount?limit=ten", "limit", "limit is ten; it must be from 1 to 1000.")]
    [InlineData("balance-amount.csv?limit=0", "limit", "limit is 0; it must be from 1 to 2147483647.")]
    [InlineData("balance-amount?from=01/02/2026", "from", "from is '01/02/2026'; it must be a day such as 2026-01-31.")]
    [InlineData("balance-amount?to=2026-02-30", "to", "to is '2026-02-30'; it must be a day such as 2026-01-31.")]
    [InlineData("payerwise?from=2026-02-01&to=2026-01-01", "from", "from is 2026-02-01 and to is 2026-01-01; from must not be later.")]
    [InlineData("payerwise?totals=perhaps", "totals", "totals is 'perhaps'; it must be true or false.")]
    [InlineData("payerwise?facility=a&facility=b", "facility", "facility is given 2 times; give it once.")]
    [InlineData("payerwise?payer=a%00b", "payer", "payer contains the character U+0000, which no identifier has.")]
    [InlineData("payerwise.csv?cursor=abc", "cursor", "cursor is not one that this endpoint gave; take it from the field 'next' of the page before, or leave it out.")]
    [InlineData("payerwise.csv?totals=true", "totals", "totals is not for an export, which has all rows; leave it out.")]
    [InlineData("payerwise?cursor=zzz", "cursor", "cursor is not one that this endpoint gave; take it from the field 'next' of the page before, or leave it out.")]
    [InlineData("payerwise?cursor=%C3%A4", "cursor", "cursor is not one that this endpoint gave; take it from the field 'next' of the page before, or leave it out.")]
    public async Task Parameter_ThatIsWrong_IsNamed(string query, string parameter, string detail) => await RefusedAsync(query, parameter, detail);

    [Fact]
    public async Task Cursor_GoesWithItsReportAndFilters()
    {
        string cursor = await NextAsync("balance-amount?limit=1&facility=F001&from=2024-01-01");
        const string OtherFilters = "cursor was given for other filters; ask with the same facility, payer, from and to as for the page before, or leave it out.";

        await RefusedAsync($"remittance-advice?facility=F001&from=2024-01-01&cursor={cursor}", "cursor", "cursor belongs to another report; take it from the field 'next' of the page before, or leave it out.");
        await RefusedAsync($"balance-amount?facility=F002&from=2024-01-01&cursor={cursor}", "cursor", OtherFilters);
        await RefusedAsync($"balance-amount?facility=F001&cursor={cursor}", "cursor", OtherFilters);
        await RefusedAsync($"balance-amount?facility=F001&from=2024-01-01&payer=P001&cursor={cursor}", "cursor", OtherFilters);
        Assert.NotEqual(0, (await fixture.Host.JsonAsync($"/api/reports/balance-amount?facility=F001&from=2024-01-01&limit=5&totals=true&cursor={cursor}")).GetProperty("rows").GetArrayLength());
    }

    [Theory]
    [InlineData("[]")]
    [InlineData("null")]
    [InlineData("[\"payerwise\"]")]
    [InlineData("[\"payerwise\",\"HASH\"]")]
    [InlineData("[\"payerwise\",\"HASH\",\"P\",\"F\"]")]
    [InlineData("[\"payerwise\",\"HASH\",\"P\",\"F\",\"tomorrow\"]")]
    [InlineData("[\"payerwise\",\"HASH\",\"P\",null,\"2024-01-01\"]")]
    [InlineData("[\"payerwise\",\"HASH\",\"P\",\"\\u0000\",\"2024-01-01\"]")]
    [InlineData("[\"payerwise\",\"HASH\",\"P\",\"\\ud800\",\"2024-01-01\"]")]
    [InlineData("[\"payerwise\",1]")]
    [InlineData("{")]
    public async Task Cursor_ThatIsForged_IsRefused(string content)
    {
        string real = System.Text.Encoding.UTF8.GetString(System.Buffers.Text.Base64Url.DecodeFromChars(await NextAsync("payerwise?limit=1")));
        string forged = content.Replace("HASH", JsonSerializer.Deserialize<string[]>(real)![1], StringComparison.Ordinal);

        await RefusedAsync(
            $"payerwise?cursor={System.Buffers.Text.Base64Url.EncodeToString(System.Text.Encoding.UTF8.GetBytes(forged))}",
            "cursor",
            "cursor is not one that this endpoint gave; take it from the field 'next' of the page before, or leave it out.");
    }

    [Fact]
    public async Task Filters_FromStrangers_FindNothingAndBreakNothing()
    {
        foreach (string value in new[] { "'--", "%F0%9F%98%80", "%ED%A0%80", "a%25b", new string('x', 3000) })
            Assert.Equal(0, (await fixture.Host.JsonAsync($"/api/reports/balance-amount?facility={value}")).GetProperty("rows").GetArrayLength());
        Assert.NotEqual(0, (await fixture.Host.JsonAsync("/api/reports/balance-amount?from=0001-01-01&to=9999-12-31")).GetProperty("rows").GetArrayLength());
        Assert.Empty(fixture.Host.Errors);
    }

    private async Task<string> NextAsync(string query) => (await fixture.Host.JsonAsync($"/api/reports/{query}")).GetProperty("next").GetString()!;

    private async Task RefusedAsync(string query, string parameter, string detail)
    {
        using HttpResponseMessage answer = await fixture.Host.GetAsync($"/api/reports/{query}");
        Assert.Equal((HttpStatusCode.BadRequest, "application/problem+json"), (answer.StatusCode, answer.Content.Headers.ContentType?.MediaType));
        JsonElement problem = await answer.Content.ReadFromJsonAsync<JsonElement>(TestContext.Current.CancellationToken);
        Assert.Equal((parameter, detail), (problem.GetProperty("parameter").GetString(), problem.GetProperty("detail").GetString()));
    }
}
