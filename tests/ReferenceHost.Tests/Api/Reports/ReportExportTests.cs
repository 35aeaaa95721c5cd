using System.Net;
using System.Text;
using System.Text.Json;
using System.Text.RegularExpressions;
using Claims.Ingestion.TestSupport;
using Microsoft.AspNetCore.Builder;
using Microsoft.Extensions.Configuration;

namespace ReferenceHost.Tests.Api.Reports;

/// <summary>Reports as CSV files.</summary>
public sealed class ReportExportTests(ReportFixture fixture) : IClassFixture<ReportFixture>
{
    private ReportHost Host => fixture.Host;

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData("balance-amount", "")]
    [InlineData("balance-amount", "?payer=P003&from=2024-03-01")]
    [InlineData("remittance-advice", "?facility=F007")]
    [InlineData("payerwise", "")]
    [InlineData("payerwise", "?to=2024-03-31")]
    [InlineData("payerwise", "?facility=nobody")]
    public async Task File_HasTheRowsOfAllPages(string report, string filters)
    {
        List<JsonElement> rows = await Host.RowsAsync($"/api/reports/{report}{filters}");
        List<string?[]> lines = Csv.Parse(await Host.TextAsync($"/api/reports/{report}.csv{filters}"));

        if (rows.Count > 0) Assert.Equal(rows[0].EnumerateObject().Select(field => field.Name), lines[0]);
        Assert.Equal(rows.Select(row => row.EnumerateObject().Select(field => Cell(field.Value)).ToArray()), lines.Skip(1));
    }

    [Fact]
    public async Task Limit_IsForThoseWhoAsk()
    {
        Assert.Equal(8, Csv.Parse(await Host.TextAsync("/api/reports/balance-amount.csv?limit=7")).Count);
        Assert.True(Csv.Parse(await Host.TextAsync("/api/reports/balance-amount.csv")).Count > 1001);
    }

    [Fact]
    public async Task File_SaysWhatItIs()
    {
        using HttpResponseMessage answer = await Host.GetAsync("/api/reports/payerwise.csv");
        string today = await fixture.Database.ScalarAsync<string>("SELECT to_char(now() AT TIME ZONE 'Asia/Dubai', 'YYYY-MM-DD')");

        Assert.Equal("text/csv; charset=utf-8; header=present", answer.Content.Headers.ContentType!.ToString());
        Assert.Equal($"attachment; filename=\"payerwise-{today}.csv\"", answer.Content.Headers.ContentDisposition!.ToString());
    }

    [Fact]
    public async Task Texts_AreQuotedAndNoFormulas()
    {
        string[] texts = ["plain", "=1+1", "+1", "-1", "@A1", "\tx", "\rx", "\uFF1D1", "a,b", "say \"hi\"", "two\r\nlines", "", " padded ", "'quoted", "\u00E9\U0001F600", "=\"x\",y"];
        await fixture.Database.RefreshAsync(string.Join(';', texts.Select((text, i) =>
            $"INSERT INTO claims.claim_summary SELECT (jsonb_populate_record(s, jsonb_build_object('provider_id', 'ODD', 'facility_id', 'ODD', 'claim_id', '{i:00}', 'payer_id', {Literal(text)}, 'total_payment', -5.50, 'encounter_start', NULL))).* FROM claims.claim_summary s WHERE claim_id = 'C00000002'")));

        string file = await Host.TextAsync("/api/reports/balance-amount.csv?facility=ODD");

        string[] cells =
        [
            "plain", "\"'=1+1\"", "\"'+1\"", "\"'-1\"", "\"'@A1\"", "\"'\tx\"", "\"'\rx\"", "\"'\uFF1D1\"", "\"a,b\"", "\"say \"\"hi\"\"\"", "\"two\r\nlines\"", "\"\"", " padded ", "'quoted", "\u00E9\U0001F600",
            "\"'=\"\"x\"\",y\"",
        ];
        string rest = file[(file.IndexOf("\r\n", StringComparison.Ordinal) + 2)..];
        for (int i = 0; i < cells.Length; i++)
        {
            string row = $"ODD,{i:00},{cells[i]},ODD,,";
            Assert.StartsWith(row, rest, StringComparison.Ordinal);
            rest = rest[row.Length..];
            Assert.Contains(",-5.50,", rest[..rest.IndexOf("PARTIALLY_PAID", StringComparison.Ordinal)], StringComparison.Ordinal);
            rest = rest[(rest.IndexOf("\r\n", StringComparison.Ordinal) + 2)..];
        }

        Assert.Empty(rest);
        await fixture.Database.RefreshAsync("DELETE FROM claims.claim_summary WHERE provider_id = 'ODD'");
    }

    [Fact]
    public async Task Failure_BeforeTheFirstRow_IsAnAnswer()
    {
        await using ClaimsDatabase database = await BrokenAsync(rows: 10);
        await using ReportHost host = await ReportHost.StartAsync(database.ConnectionString);

        using HttpResponseMessage answer = await host.GetAsync("/api/reports/balance-amount.csv");

        Assert.Equal((HttpStatusCode.InternalServerError, "application/problem+json"), (answer.StatusCode, answer.Content.Headers.ContentType?.MediaType));
        Assert.Null(answer.Content.Headers.ContentDisposition);
        Assert.Null(answer.Headers.ETag);
    }

    [Fact]
    public async Task Failure_InTheMiddle_CutsTheConnection()
    {
        await using ClaimsDatabase database = await BrokenAsync(rows: 3000);
        await using ReportHost host = await ReportHost.StartAsync(database.ConnectionString);

        using HttpResponseMessage answer = await host.GetAsync("/api/reports/balance-amount.csv");

        Assert.Equal(HttpStatusCode.OK, answer.StatusCode);
        await Assert.ThrowsAsync<HttpRequestException>(() => answer.Content.ReadAsStringAsync(Token));
        Assert.Contains(host.Errors, error => error.Contains("The export of balance-amount failed in the middle and was cut off", StringComparison.Ordinal));
    }

    [Fact]
    public async Task Caller_WhoGoes_EndsTheQuery()
    {
        await using ClaimsDatabase database = await EndlessAsync();
        await using ReportHost host = await ReportHost.StartAsync(database.ConnectionString);
        using var gone = CancellationTokenSource.CreateLinkedTokenSource(Token);

        Task<HttpResponseMessage> request = host.Http.GetAsync(new Uri("/api/reports/payerwise.csv", UriKind.Relative), HttpCompletionOption.ResponseHeadersRead, gone.Token);
        await UntilAsync(database, 1);
        await gone.CancelAsync();

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => request);
        await UntilAsync(database, 0);
        Assert.Empty(host.Errors);
    }

    [Fact]
    public async Task Exports_LeaveConnectionsToThePages()
    {
        await using ClaimsDatabase database = await EndlessAsync();
        await using ReportHost host = await ReportHost.StartAsync(
            database.ConnectionString, builder => builder.Configuration.AddInMemoryCollection(new Dictionary<string, string?> { ["Claims:Postgres:Report:MaxSize"] = "3" }));

        using var gone = CancellationTokenSource.CreateLinkedTokenSource(Token);
        Task<HttpResponseMessage> first = host.Http.GetAsync(new Uri("/api/reports/payerwise.csv", UriKind.Relative), gone.Token);
        await UntilAsync(database, 1);

        using HttpResponseMessage second = await host.GetAsync("/api/reports/balance-amount.csv");
        Assert.Equal((HttpStatusCode.ServiceUnavailable, TimeSpan.FromSeconds(10)), (second.StatusCode, second.Headers.RetryAfter?.Delta));
        Assert.Equal("application/problem+json", second.Content.Headers.ContentType?.MediaType);
        await host.JsonAsync("/api/reports/balance-amount");

        await gone.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => first);
        HttpStatusCode status;
        do
        {
            using HttpResponseMessage third = await host.GetAsync("/api/reports/balance-amount.csv");
            status = third.StatusCode;
        }
        while (status == HttpStatusCode.ServiceUnavailable);

        Assert.Equal(HttpStatusCode.OK, status);
    }

    /// <summary>A database whose payerwise report has more rows than anybody reads, and no key to sort them by in advance.</summary>
    private static async Task<ClaimsDatabase> EndlessAsync()
    {
        ClaimsDatabase database = await ClaimsDatabase.CreateAsync();
        await database.ExecuteAsync(
            "CREATE OR REPLACE VIEW claims.mv_claim_summary_payerwise AS SELECT m.* FROM (SELECT 'P'::text COLLATE \"C\" AS payer_id, i::text COLLATE \"C\" AS facility_id FROM generate_series(1, 100000000) i) k"
            + " CROSS JOIN LATERAL (SELECT payer_id, facility_id, date '2024-01-01' AS month, 1::bigint AS claim_count, 1.0 AS billed_amount, 1::bigint AS remitted_claim_count, 1.0 AS paid_amount, 1.0 AS denied_amount, 1.0 AS pending_amount,"
            + " 1.0 AS taken_back_amount, 1::bigint AS paid_activity_count, 1::bigint AS partially_paid_activity_count, 1::bigint AS rejected_activity_count, 1::bigint AS taken_back_activity_count, 1::bigint AS partially_taken_back_activity_count,"
            + " 1::bigint AS pending_activity_count, 1::bigint AS self_pay_count, 1.0 AS self_pay_amount, 1.0 AS rejected_pct_of_billed, 1.0 AS rejected_pct_of_answered, 1.0 AS collection_rate) m");
        return database;
    }

    /// <summary>A database whose last claim in the order of the key cannot be computed.</summary>
    private static async Task<ClaimsDatabase> BrokenAsync(int rows)
    {
        ClaimsDatabase database = await ClaimsDatabase.CreateAsync();
        await database.ShowTablesAsync();
        await database.ExecuteAsync(ReportData.Claims(rows));
        await database.ExecuteAsync("ANALYZE claims.claim_summary");
        string view = await database.ScalarAsync<string>("SELECT pg_get_viewdef('claims.mv_balance_amount_summary')");
        await database.ExecuteAsync($"CREATE OR REPLACE VIEW claims.mv_balance_amount_summary AS {Regex.Replace(view, "(claim_summary.)?pending_amount,", $"pending_amount / CASE WHEN claim_id = 'C{rows - 1:00000000}' THEN 0 ELSE 1 END AS pending_amount,")}");

        // Sorted by the index, the rows are computed as they are sent.
        await database.ExecuteAsync($"ALTER DATABASE \"{new Npgsql.NpgsqlConnectionStringBuilder(database.ConnectionString).Database}\" SET enable_sort = off");
        return database;
    }

    /// <summary>Waits until as many exports are under way at the server, which gives no signal.</summary>
    private static async Task UntilAsync(ClaimsDatabase database, long exports)
    {
        while (await database.ScalarAsync<long>(
            "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND application_name = 'claims-report' AND state = 'active' AND query LIKE '%mv_claim_summary_payerwise%ORDER BY%'") != exports)
        {
            Token.ThrowIfCancellationRequested();
        }
    }

    private static string Literal(string text) => $"E'{string.Concat(text.Select(c => c is '\'' or '\\' ? $"\\{c}" : c < ' ' ? $"\\x{(int)c:x2}" : c.ToString()))}'::text";

    private static string? Cell(JsonElement value) => value.ValueKind switch
    {
        JsonValueKind.Null => null,
        JsonValueKind.Array => string.Join(';', value.EnumerateArray().Select(part => part.GetString())),
        JsonValueKind.String => value.GetString(),
        _ => value.GetRawText(),
    };

    /// <summary>A reader of its own, after RFC 4180; a cell without quotes and text has no value.</summary>
    private static class Csv
    {
        public static List<string?[]> Parse(string text)
        {
            var lines = new List<string?[]>();
            var cells = new List<string?>();
            for (int at = 0; at < text.Length;)
            {
                string? cell;
                if (text[at] == '"')
                {
                    var content = new StringBuilder();
                    for (at++; text[at] != '"' || (at + 1 < text.Length && text[at + 1] == '"'); at++)
                    {
                        content.Append(text[at]);
                        if (text[at] == '"') at++;
                    }

                    at++;
                    cell = content.ToString();
                }
                else
                {
                    int end = text.AsSpan(at).IndexOfAny(',', '\r') + at;
                    cell = end == at ? null : text[at..end];
                    at = end;
                }

                cells.Add(cell);
                if (text[at] == ',')
                {
                    at++;
                    continue;
                }

                Assert.Equal("\r\n", text.Substring(at, 2));
                at += 2;
                lines.Add([.. cells]);
                cells.Clear();
            }

            return lines;
        }
    }
}
