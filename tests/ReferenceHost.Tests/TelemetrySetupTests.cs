using System.Diagnostics;
using System.Diagnostics.Metrics;
using System.Text.RegularExpressions;
using Claims.Ingestion.Scheduling;
using Microsoft.Extensions.DependencyInjection;
using ReferenceHost.Tests.Telemetry;

namespace ReferenceHost.Tests;

/// <summary>What the whole host tells of itself, and what it keeps to itself.</summary>
/// <remarks>
/// Nothing runs beside them: OpenTelemetry takes instruments of one name for one, whichever host of the process they are of, and forgets it when one of those hosts ends.
/// </remarks>
[CollectionDefinition(nameof(TelemetrySetupTests), DisableParallelization = true)]
[Collection(nameof(TelemetrySetupTests))]
public sealed partial class TelemetrySetupTests(TelemetryHost host) : IClassFixture<TelemetryHost>
{
    private static CancellationToken Token => TestContext.Current.CancellationToken;

    /// <summary>
    /// Marks are in every field of claims and headers, in what is around them, in the logins and in the answers of gateways. None may be heard outside but in the tables of the claims. What may be told, and is not marked:
    /// the ids of facilities, the ids of files, the ids of claims in <c>claim_error.claim_id</c>, and the names of root elements and encodings.
    /// </summary>
    [Fact]
    public async Task Nothing_OfPersonsContentOrCredentials_IsToldToAnybody()
    {
        foreach (string sql in new[]
        {
            "SELECT rule || ' ' || reason FROM claims.claim_error",
            "SELECT coalesce(error, '') || ' ' || array_to_string(warnings, ' ') FROM claims.claim_file",
            "SELECT coalesce(last_error, '') FROM claims.facility_state",
            "SELECT reason FROM claims.view_decision",
        })
        {
            foreach (string row in await host.Database.RowsAsync(sql)) host.Recorder.Check(sql, row);
        }

        foreach (string path in new[] { "/metrics", "/health/ready", "/api/facilities" }) host.Recorder.Check(path, await host.GetAsync(path));
        foreach (string reason in host.Reasons()) host.Recorder.Check("reason of a quarantine", reason);
        foreach (FacilityReport report in host.Reports.SelectMany(r => r.Facilities)) host.Recorder.Check("report of a poll", report.Error);

        Assert.True(host.Recorder.Leaks.Count == 0, string.Join('\n', host.Recorder.Leaks));
    }

    /// <summary>Without this, the test above would be content with a host that does nothing.</summary>
    [Fact]
    public async Task Everything_WentWrongThatShouldHave()
    {
        Assert.InRange(host.Planted, 1000, int.MaxValue);
        Assert.InRange(await host.Database.ScalarAsync<long>("SELECT count(*) FROM claims.claim WHERE member_id LIKE 'Mk%'"), 100, long.MaxValue);
        Assert.InRange(await host.Database.ScalarAsync<long>("SELECT count(*) FROM claims.remittance_claim WHERE payment_reference LIKE 'Mk%'"), 10, long.MaxValue);
        Assert.InRange(await host.Database.ScalarAsync<long>("SELECT count(*) FROM claims.claim_error"), 50, long.MaxValue);
        Assert.InRange(await host.Database.ScalarAsync<long>("SELECT count(*) FROM claims.claim_file WHERE status = 'quarantined'"), 10, long.MaxValue);
        Assert.Equal(
            ["refused by cast", "refused by check", "refused by index", "refused by raise"],
            (await host.Database.RowsAsync("SELECT DISTINCT f.external_id FROM claims.claim_error e JOIN claims.claim_file f ON f.id = e.file_id WHERE e.rule = 'store' AND f.external_id LIKE 'refused by%' AND f.facility_id = 'FAC-MARKED' ORDER BY 1"))
                .Select(row => row.Trim('(', ')', '"')));
        Assert.InRange(await host.Database.ScalarAsync<long>("SELECT last_value FROM public.deaths"), 2, long.MaxValue);
        Assert.Superset(
            new HashSet<string>
            {
                "BatchStored", "FileQuarantined", "FileSkipped", "ClaimsLeftOut", "ClaimsRefused", "BatchRetried", "FileLeft", "AcknowledgementFailed", "DownloadFailed", "PollFailed",
                "claims.poll", "claims.fetch", "claims.read", "claims.batch", "claims.store", "claims.acknowledge", "claims.gateway.call",
            },
            host.Recorder.Seen.ToHashSet());
        Assert.All(host.Reports[0].Facilities, facility => Assert.NotNull(facility.FacilityId is "FAC-FOLDER" ? "" : facility.Error));
    }

    [Fact]
    public void Metrics_AreThoseOfTheDocumentation()
    {
        IMeterFactory meters = host.Services.GetRequiredService<IMeterFactory>();
        (Instrument Instrument, IReadOnlyCollection<string> Tags)[] ours =
        [
            .. host.Recorder.Instruments.Select(i => (i.Key, i.Value)).Where(i => i.Key.Meter.Scope == meters && (i.Key.Meter.Name.StartsWith("Claims.Ingestion", StringComparison.Ordinal) || i.Key.Meter.Name.StartsWith("ReferenceHost", StringComparison.Ordinal))),
        ];
        Dictionary<string, MetricRow> documented = MetricRow.ReadAll().ToDictionary(row => row.Name, StringComparer.Ordinal);

        // Some instruments are made once for each role.
        Assert.Equal(documented.Values.Select(row => row with { Tags = [] }).Order(), ours.Select(i => MetricRow.Of(i.Instrument)).Distinct().Order());
        Assert.All(ours, i => Assert.Subset(documented[i.Instrument.Name].Tags.ToHashSet(), i.Tags.ToHashSet()));
    }

    [Fact]
    public async Task Metrics_HaveTheDocumentedNamesAtPrometheus()
    {
        string text = await host.GetAsync("/metrics");
        HashSet<string> scraped = [.. TypeLine().Matches(text).Select(match => match.Groups[1].Value)];
        Dictionary<string, MetricRow> documented = MetricRow.ReadAll().ToDictionary(row => row.Prometheus, StringComparer.Ordinal);

        Assert.Equal([], scraped.Where(name => !documented.ContainsKey(name)));
        Assert.Superset(
            new HashSet<string> { "claims_facility_files_total", "claims_facility_claims_total", "claims_facility_failures", "claims_ingestion_oldest_age_seconds", "claims_pool_limit", "claims_scheduling_polls_total" }, scraped);
        Assert.Contains("claims_facility=\"FAC-MARKED\"", text, StringComparison.Ordinal);
    }

    [Fact]
    public async Task OneFile_IsFollowedFromThePollToItsStatementsAndItsAcknowledgement()
    {
        string row = Assert.Single(await host.Database.RowsAsync("SELECT poll_id, batch_id, trace_id FROM claims.claim_file WHERE facility_id = 'FAC-MARKED' AND external_id = 'submission'"));

        // Amid so many faults a file may be fetched again before it is acknowledged: this is the way of the one that was stored.
        string storing = row.Split(',')[1];
        Activity store = host.Recorder.Spans.Last(span => span.OperationName == "claims.store" && span.Status == ActivityStatusCode.Unset && Equals(span.GetTagItem("claims.batch.id")?.ToString(), storing));
        Activity batch = Assert.Single(host.Recorder.Spans, span => span.OperationName == "claims.batch" && span.SpanId == store.ParentSpanId);
        Activity fetch = Assert.Single(host.Recorder.Spans, span => span.OperationName == "claims.fetch" && IsOf(span, "submission") && batch.Links.Any(link => link.Context.SpanId == span.SpanId));
        Activity poll = Assert.Single(host.Recorder.Spans, span => span.OperationName == "claims.poll" && span.SpanId == fetch.ParentSpanId);
        Activity acknowledge = host.Recorder.Spans.First(span => span.OperationName == "claims.acknowledge" && span.ParentSpanId == fetch.SpanId && IsOf(span, "submission"));

        Assert.Contains(host.Recorder.Spans, span => span.OperationName == "claims.read" && span.ParentSpanId == fetch.SpanId && IsOf(span, "submission"));
        Assert.Equal(batch.SpanId, Assert.Single(acknowledge.Links).Context.SpanId);
        Assert.Contains(host.Recorder.Spans, span => span.Source.Name == "Npgsql" && span.ParentSpanId == store.SpanId);
        Assert.Equal($"({poll.GetTagItem("claims.poll.id")},{storing},{poll.TraceId})", row);

        static bool IsOf(Activity span, string externalId) => Equals(span.GetTagItem("claims.facility"), "FAC-MARKED") && Equals(span.GetTagItem("claims.file.external_id"), externalId);
    }

    /// <summary>By the statements of the documentation, as they stand there.</summary>
    [Fact]
    public async Task Figure_OfAReport_LeadsToItsOriginInThreeLookUps()
    {
        string[] lookUps = [.. SqlBlock().Matches(await File.ReadAllTextAsync(Path.Combine(MetricRow.Docs, "traces-and-logs.md"), Token)).Select(match => match.Groups[1].Value).Take(3)];
        string[] row = (await host.Database.RowsAsync("SELECT payer_id, facility_id, month FROM claims.mv_claim_summary_payerwise ORDER BY 1, 2 LIMIT 1"))[0].Trim('(', ')').Split(',');

        string claim = Assert.Single(await host.Database.RowsAsync(Given(lookUps[0], ("payer_id", row[0]), ("facility_id", row[1]), ("month", row[2]))));
        string[] key = claim.Trim('(', ')').Split(',');
        string[] files = [.. await host.Database.RowsAsync(Given(lookUps[1], ("provider_id", key[0]), ("claim_id", key[1])))];
        string[] origins = [.. await host.Database.RowsAsync(Given(lookUps[2], ("file_ids", $"{{{string.Join(',', files.Select(f => f.Trim('(', ')').Split(',')[0]))}}}")))];

        Assert.Equal(files.Length, origins.Length);
        Assert.All(origins, origin => Assert.Matches(@"^\(\d+,FAC-[A-Z]+,.+,.+/\d+/\w{32},[0-9a-f-]{36},[0-9a-f-]{36},[0-9a-f]{32}\)$", origin));

        static string Given(string sql, params (string Name, string Value)[] values) =>
            values.Aggregate(sql.Trim().TrimEnd(';'), (text, value) => text.Replace($":'{value.Name}'", $"'{value.Value}'", StringComparison.Ordinal));
    }

    [GeneratedRegex(@"^# TYPE (claims_\w+) ", RegexOptions.Multiline)]
    private static partial Regex TypeLine();

    [GeneratedRegex(@"```sql\n(.*?)```", RegexOptions.Singleline)]
    private static partial Regex SqlBlock();
}
