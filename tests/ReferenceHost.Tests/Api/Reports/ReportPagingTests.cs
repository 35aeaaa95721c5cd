using System.Text.Json;

namespace ReferenceHost.Tests.Api.Reports;

public sealed class ReportPagingTests(ReportFixture fixture) : IClassFixture<ReportFixture>
{
    public static TheoryData<string> Queries =>
    [
        "balance-amount", "balance-amount?facility=F007", "balance-amount?payer=P003", "balance-amount?facility=F007&payer=P003", "balance-amount?from=2024-03-01&to=2024-05-31",
        "balance-amount?from=2025-01-01&payer=P003", "balance-amount?facility=nobody", "remittance-advice", "remittance-advice?facility=F011", "remittance-advice?to=2024-06-30",
        "remittance-advice?facility=F011&from=2024-06-30", "payerwise", "payerwise?payer=P001", "payerwise?facility=F002", "payerwise?facility=F002&payer=P001", "payerwise?from=2024-02-01&to=2024-04-30",
        "payerwise?from=2024-02-01&facility=F002",
    ];

    private ReportHost Host => fixture.Host;

    [Theory]
    [MemberData(nameof(Queries))]
    public async Task Totals_OfAnyPage_AreTheSumsOfAllPages(string query)
    {
        string more = query.Contains('?', StringComparison.Ordinal) ? "&" : "?";
        List<JsonElement> rows = await Host.RowsAsync($"/api/reports/{query}{more}limit=37");
        JsonElement first = await Host.JsonAsync($"/api/reports/{query}{more}limit=1&totals=true");
        JsonElement totals = first.GetProperty("totals");

        string[] keys = [.. rows.Select(Key)];
        Assert.Equal(keys.Length, keys.Distinct().Count());
        Assert.Equal(rows.Count, totals.GetProperty("count").GetInt64());
        foreach (JsonProperty total in totals.EnumerateObject().Where(total => total.Name != "count" && !total.Name.Contains("ate", StringComparison.Ordinal) && !total.Name.Contains("Pct", StringComparison.Ordinal)))
            Assert.Equal(rows.Sum(row => Value(row, total.Name)), total.Value.GetDecimal());
        foreach ((string rate, string part, string[] whole) in Rates(query))
        {
            decimal divisor = whole.Sum(name => Value(totals, name));
            Assert.Equal(divisor == 0 ? 0 : decimal.Round(Value(totals, part) / divisor * 100, 2, MidpointRounding.AwayFromZero), Value(totals, rate));
        }

        if (first.GetProperty("next").GetString() is { } cursor)
            Assert.Equal(totals.GetRawText(), (await Host.JsonAsync($"/api/reports/{query}{more}limit=1&totals=true&cursor={cursor}")).GetProperty("totals").GetRawText());
        Assert.False((await Host.JsonAsync($"/api/reports/{query}")).TryGetProperty("totals", out _));
    }

    [Fact]
    public async Task Rows_AreThoseOfTheView()
    {
        Assert.Equal(
            await fixture.Database.RowsAsync("SELECT provider_id, claim_id, status, pending_amount FROM claims.mv_balance_amount_summary WHERE (first_submitted_at AT TIME ZONE 'Asia/Dubai')::date >= '2026-01-01' ORDER BY (first_submitted_at AT TIME ZONE 'Asia/Dubai')::date, 1, 2"),
            (await Host.RowsAsync("/api/reports/balance-amount?from=2026-01-01&limit=50")).Select(r => $"({Text(r, "providerId")},{Text(r, "claimId")},{Text(r, "status")},{r.GetProperty("pendingAmount").GetRawText()})"));
    }

    [Fact]
    public async Task LastPage_ThatIsFull_HasNoNext()
    {
        JsonElement page = await Host.JsonAsync("/api/reports/payerwise?facility=F002&payer=P001&limit=6");

        Assert.Equal(6, page.GetProperty("rows").GetArrayLength());
        Assert.Equal(JsonValueKind.Null, page.GetProperty("next").ValueKind);
    }

    [Theory]
    [InlineData("", 7, 8, 9)]
    [InlineData("from=2024-01-01&to=2026-12-31&", 4, 5, 6)]
    public async Task Pages_WithChangesInBetween_HaveEachRowThatStaysOnce(string days, int added, int changed, int removed)
    {
        string[] before = [.. (await Host.RowsAsync($"/api/reports/balance-amount?{days}limit=500")).Select(Key)];
        List<JsonElement> rows = await Host.RowsAsync($"/api/reports/balance-amount?{days}limit=300", page => fixture.Database.RefreshAsync(
            $"""
            INSERT INTO claims.claim_summary SELECT (jsonb_populate_record(s, jsonb_build_object('claim_id', 'A{page}' || s.claim_id))).* FROM claims.claim_summary s WHERE claim_id LIKE 'C%{page}{added}';
            UPDATE claims.claim_summary SET total_payment = total_payment + 1, status = 'PAID', last_remittance_date = now() WHERE claim_id LIKE 'C%{page}{changed}';
            DELETE FROM claims.claim_summary WHERE claim_id LIKE 'C%{page}{removed}'
            """));

        string[] after = [.. (await Host.RowsAsync($"/api/reports/balance-amount?{days}limit=1000")).Select(Key)];
        string[] stayed = [.. before.Intersect(after)];
        string[] seen = [.. rows.Select(Key)];
        Assert.True(stayed.Length < before.Length && after.Except(before).Any());
        Assert.Equal(seen.Length, seen.Distinct().Count());
        Assert.Empty(stayed.Except(seen));
    }

    [Fact]
    public async Task Totals_BeyondTheDigitsOfANumber_GiveUpTheLastOnes()
    {
        await fixture.Database.RefreshAsync(
            "INSERT INTO claims.payerwise_rollup SELECT 'Rich', 'F' || i, '2030-01-01', 1, 99999999999.01234567890123456, 1, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0 FROM generate_series(1, 10) i");

        JsonElement totals = (await Host.JsonAsync("/api/reports/payerwise?payer=Rich&totals=true")).GetProperty("totals");
        Assert.Equal("999999999990.1234567890123456", totals.GetProperty("billedAmount").GetRawText());

        await fixture.Database.RefreshAsync("DELETE FROM claims.payerwise_rollup WHERE payer_id = 'Rich'");
    }

    private static string Key(JsonElement row) => row.TryGetProperty("claimId", out JsonElement claim)
        ? $"{Text(row, "providerId")}/{claim.GetString()}"
        : $"{Text(row, "payerId")}/{Text(row, "facilityId")}/{Text(row, "month")}";

    private static (string Rate, string Part, string[] Whole)[] Rates(string query) => query.Split('?')[0] switch
    {
        "balance-amount" => [],
        "remittance-advice" => [("collectionRate", "totalPayment", ["totalRemitted"])],
        _ => [("collectionRate", "paidAmount", ["billedAmount"]), ("rejectedPctOfBilled", "deniedAmount", ["billedAmount"]), ("rejectedPctOfAnswered", "deniedAmount", ["paidAmount", "deniedAmount"])],
    };

    private static string Text(JsonElement row, string name) => row.GetProperty(name).GetString()!;

    private static decimal Value(JsonElement row, string name) => row.GetProperty(name).GetDecimal();
}
