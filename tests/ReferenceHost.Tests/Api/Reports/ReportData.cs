using Claims.Ingestion.Postgres.Views;
using Claims.Ingestion.TestSupport;

namespace ReferenceHost.Tests.Api.Reports;

/// <summary>Rows put straight into what keeps the reports, and versions that the tests count up.</summary>
internal static class ReportData
{
    /// <summary>Fifty facilities, twenty payers, a thousand days; every seventh claim has no remittance.</summary>
    public static string Claims(int count) =>
        $"""
        INSERT INTO claims.claim_summary (
          provider_id, claim_id, payer_id, facility_id, encounter_start, first_submitted_at, initial_net, current_net, total_payment, total_taken_back, total_denied, pending_amount,
          remittance_count, first_remittance_date, last_remittance_date, resubmission_count, last_resubmission_date, status, id_payer, payment_reference, remitted_activity_count,
          total_remitted, denied_count, denied_amount, denial_codes, paid_activity_count, partially_paid_activity_count, rejected_activity_count, taken_back_activity_count,
          partially_taken_back_activity_count, pending_activity_count)
        SELECT 'F' || lpad((i * 50 / {count})::text, 3, '0'), 'C' || lpad(i::text, 8, '0'), 'P' || lpad((h % 20)::text, 3, '0'), 'F' || lpad((i * 50 / {count})::text, 3, '0'),
               day, day + interval '1 hour', 100.50, 100.50 + h % 7, h % 50, 0, 1.25, 99.25 + h % 7 - h % 50,
               n, CASE WHEN n > 0 THEN day + interval '20 days' END, CASE WHEN n > 0 THEN day + interval '30 days' END, 0, NULL, 'PARTIALLY_PAID', 'X' || i, 'PAY-' || h % 1000, 2,
               90.125, h % 2, 1.25, '{"{"}MNEC-003,PRCE-001{"}"}', 1, 1, 0, 0, 0, 0
        FROM (
          SELECT i, h, CASE WHEN h % 7 = 0 THEN 0 ELSE 1 END AS n, timestamptz '2024-01-01 00:00+04' + (h / 20 % 1000) * interval '1 day' AS day
          FROM (SELECT i, hashint4(i::int) & 2147483647 AS h FROM generate_series(0::bigint, {count - 1}) i) hashed
        ) rows
        """;

    /// <summary>A row for each payer, facility and month.</summary>
    public static string Rollups(int payers, int facilities, int months) =>
        $"""
        INSERT INTO claims.payerwise_rollup
        SELECT 'P' || lpad(p::text, 3, '0'), 'F' || lpad(f::text, 3, '0'), (date '2024-01-01' + m * interval '1 month')::date,
               10, 1000.50 + p, 8, 600.25 + f, 50.10, 350.15 + p - f, 0, 8, 1, 1, 0, 0, 2, 0, 0
        FROM generate_series(0, {payers - 1}) p, generate_series(0, {facilities - 1}) f, generate_series(0, {months - 1}) m
        """;

    /// <summary>Shows the reports from the tables that the tests fill, as version 1.</summary>
    public static async Task ShowTablesAsync(this ClaimsDatabase database)
    {
        await database.ExecuteAsync(
            """
            INSERT INTO claims.summary_state (summary_name, definition, version, refreshed_at, is_complete) VALUES ('claim_summary', 'of a test', 1, now(), true)
            ON CONFLICT (summary_name) DO UPDATE SET version = 1, refreshed_at = now(), is_complete = true
            """);
        foreach (string view in ReportViews.Names) await database.ExecuteAsync($"SELECT claims.show_report('{view}', 'incremental')");
    }

    /// <summary>Changes rows as a refresh does: in one transaction with the version.</summary>
    public static Task RefreshAsync(this ClaimsDatabase database, string change) =>
        database.ExecuteAsync($"BEGIN; {change}; UPDATE claims.summary_state SET version = version + 1, refreshed_at = now(); COMMIT");
}
