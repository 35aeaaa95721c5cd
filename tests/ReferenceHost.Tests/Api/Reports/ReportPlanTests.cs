using System.Text.Json;
using Claims.Ingestion.TestSupport;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.WebUtilities;
using Npgsql;
using ReferenceHost.Api.Reports;

namespace ReferenceHost.Tests.Api.Reports;

/// <summary>Many claims: what the API sends reads about as many rows as a page has, and never a whole table, whatever the filters, and on later pages too.</summary>
public sealed class ReportPlanTests : IAsyncLifetime
{
    private const int Limit = 100;

    private ClaimsDatabase _database = null!;

    public async ValueTask InitializeAsync()
    {
        _database = await ClaimsDatabase.CreateAsync();
        await _database.ShowTablesAsync();

        // As few as show the lack of every index that a million claims show the lack of. Plans do not depend on the write-ahead log, and writing it takes a third of the time. An index is made sooner than it is kept.
        IReadOnlyList<string> indexes = await _database.RowsAsync("SELECT indexdef FROM pg_indexes WHERE schemaname = 'claims' AND tablename = 'claim_summary' AND indexname NOT LIKE '%pkey' ORDER BY indexname");
        IReadOnlyList<string> names = await _database.RowsAsync("SELECT 'claims.' || indexname FROM pg_indexes WHERE schemaname = 'claims' AND tablename = 'claim_summary' AND indexname NOT LIKE '%pkey' ORDER BY indexname");
        await _database.ExecuteAsync($"DROP INDEX {string.Join(", ", names.Select(Unwrap))}; ALTER TABLE claims.claim_summary SET UNLOGGED; ALTER TABLE claims.payerwise_rollup SET UNLOGGED");
        await _database.ExecuteAsync(ReportData.Claims(300_000));
        await _database.ExecuteAsync(ReportData.Rollups(payers: 100, facilities: 50, months: 40));
        await _database.ExecuteAsync(string.Join("; ", indexes.Select(Unwrap)));
        await _database.ExecuteAsync("ANALYZE claims.claim_summary, claims.payerwise_rollup");
    }

    public ValueTask DisposeAsync() => _database.DisposeAsync();

    [Fact]
    public async Task Pages_OfAnyFilters_ReadAboutAPage()
    {
        var tooMuch = new List<string>();
        await using NpgsqlConnection connection = await _database.DataSource.OpenConnectionAsync(TestContext.Current.CancellationToken);
        foreach (Report report in new Report[] { ReportCatalog.BalanceAmount, ReportCatalog.RemittanceAdvice, ReportCatalog.Payerwise })
        {
            foreach (string filters in new[] { "", "facility=F007", "payer=P003", "facility=F007&payer=P003" })
            {
                foreach (string days in new[] { "", "from=2025-03-01&to=2025-03-01", "from=2025-03-01&to=2025-03-31", "from=2025-03-01", "to=2025-03-31" })
                {
                    ReportQuery query = Parse(report, $"{filters}&{days}");
                    long most = Most(report, filters, days);
                    for (int page = 1; page <= 3; page++)
                    {
                        (long read, IReadOnlyList<string> tables) = await ExplainAsync(connection, ReportSql.Page(report, query));
                        if (read > most || tables.Count > 0) tooMuch.Add($"{report.Name} {filters} {days} page {page}: {read} rows read, {most} expected at most, whole: {string.Join(", ", tables)}");
                        if (await LastPlaceAsync(connection, report, query) is not { } last) break;
                        query = query with { After = last };
                    }
                }
            }
        }

        Assert.Empty(tooMuch);
    }

    /// <summary>
    /// A page, where an index has the order of the pages. A payer's claims may be picked from those in the order of the key, and one of twenty is the payer's; with filters together, those of one are gone through for the others.
    /// </summary>
    private static long Most(Report report, string filters, string days) => (filters, days) switch
    {
        ("" or "facility=F007", _) => 2 * Limit,
        _ when report == ReportCatalog.Payerwise => 2 * Limit,
        _ => 60 * Limit,
    };

    private static async Task<(long Read, IReadOnlyList<string> WholeTables)> ExplainAsync(NpgsqlConnection connection, NpgsqlCommand command)
    {
        command.Connection = connection;
        command.CommandText = $"EXPLAIN (ANALYZE, TIMING OFF, FORMAT JSON) {command.CommandText}";
        using var plan = JsonDocument.Parse((string)(await command.ExecuteScalarAsync(TestContext.Current.CancellationToken))!);
        JsonElement[] scans = [.. Nodes(plan.RootElement[0].GetProperty("Plan")).Where(node => Text(node, "Node Type").Contains("Scan", StringComparison.Ordinal))];
        return (
            scans.Where(node => Text(node, "Node Type") != "Bitmap Index Scan")
                .Sum(node => Number(node, "Actual Loops") * (Number(node, "Actual Rows") + Number(node, "Rows Removed by Filter") + Number(node, "Rows Removed by Index Recheck"))),
            [.. scans.Where(node => Text(node, "Node Type") == "Seq Scan").Select(node => Text(node, "Relation Name"))]);
    }

    private static IEnumerable<JsonElement> Nodes(JsonElement node) =>
        node.TryGetProperty("Plans", out JsonElement plans) ? plans.EnumerateArray().SelectMany(Nodes).Prepend(node) : [node];

    private static string Text(JsonElement node, string name) => node.TryGetProperty(name, out JsonElement value) ? value.GetString()! : "";

    private static long Number(JsonElement node, string name) => node.TryGetProperty(name, out JsonElement value) ? (long)value.GetDouble() : 0;

    /// <summary>The place of a page's last row; <see langword="null"/> where no page follows.</summary>
    private static async Task<IReadOnlyList<string>?> LastPlaceAsync(NpgsqlConnection connection, Report report, ReportQuery query)
    {
        await using NpgsqlCommand command = ReportSql.Page(report, query);
        command.Connection = connection;
        await using NpgsqlDataReader reader = await command.ExecuteReaderAsync(TestContext.Current.CancellationToken);
        IReadOnlyList<string> last = [];
        for (int rows = 0; await reader.ReadAsync(TestContext.Current.CancellationToken); rows++)
        {
            if (rows == Limit) return last;
            last = [.. Enumerable.Range(0, report.Order(query).Count).Select(i => reader.GetString(reader.GetOrdinal(ReportSql.PlaceColumn(i))))];
        }

        return null;
    }

    /// <summary>A row of one column, which comes in brackets, and in quotes where it has blanks.</summary>
    private static string Unwrap(string row) => row[1..^1].Trim('"').Replace("\"\"", "\"", StringComparison.Ordinal);

    private static ReportQuery Parse(Report report, string text)
    {
        Assert.True(ReportQuery.TryReadPage(new QueryCollection(QueryHelpers.ParseQuery(text)), report, out ReportQuery? query, out _));
        return query;
    }
}
