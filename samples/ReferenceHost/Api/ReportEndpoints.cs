using Claims.Ingestion.Postgres.DataSources;
using Microsoft.AspNetCore.Http.HttpResults;

namespace ReferenceHost.Api;

internal sealed record BalanceAmountRow(
    string ProviderId, string ClaimId, string? PayerId, string? FacilityId, DateTimeOffset? EncounterStart, DateTimeOffset? FirstSubmittedAt,
    decimal? InitialNet, decimal? CurrentNet, decimal? TotalPayment, decimal? TotalTakenBack, decimal? TotalDenied, decimal? PendingAmount,
    long RemittanceCount, DateTimeOffset? FirstRemittanceDate, DateTimeOffset? LastRemittanceDate, long ResubmissionCount,
    DateTimeOffset? LastResubmissionDate, string Status, int? AgeingDays);

internal sealed record RemittanceAdviceRow(
    string ProviderId, string ClaimId, string? PayerId, string? FacilityId, string? IdPayer, string? PaymentReference,
    DateTimeOffset? FirstSettlementDate, DateTimeOffset? LastSettlementDate, long ActivityCount, decimal? TotalRemitted, decimal? TotalPayment,
    decimal? TotalTakenBack, long DeniedCount, decimal? DeniedAmount, IReadOnlyList<string> DenialCodes, long RemittanceCount,
    decimal? CollectionRate, string PaymentStatus);

internal sealed record PayerwiseRow(
    string PayerId, string FacilityId, DateOnly Month, long ClaimCount, decimal? BilledAmount, long RemittedClaimCount, decimal? PaidAmount,
    decimal? DeniedAmount, decimal? PendingAmount, decimal? TakenBackAmount, long PaidActivityCount, long PartiallyPaidActivityCount,
    long RejectedActivityCount, long TakenBackActivityCount, long PartiallyTakenBackActivityCount, long PendingActivityCount,
    long SelfPayCount, decimal? SelfPayAmount, decimal? RejectedPctOfBilled, decimal? RejectedPctOfAnswered, decimal? CollectionRate);

internal static class ReportEndpoints
{
    private static readonly Report<BalanceAmountRow> BalanceAmount = new(
        "mv_balance_amount_summary",
        "*, (now() AT TIME ZONE 'Asia/Dubai')::date - (encounter_start AT TIME ZONE 'Asia/Dubai')::date AS ageing_days",
        ["provider_id", "claim_id"],
        "(coalesce(first_submitted_at, first_remittance_date) AT TIME ZONE 'Asia/Dubai')::date",
        r => new BalanceAmountRow(
            r.Text("provider_id")!, r.Text("claim_id")!, r.Text("payer_id"), r.Text("facility_id"), r.Time("encounter_start"), r.Time("first_submitted_at"),
            r.Amount("initial_net"), r.Amount("current_net"), r.Amount("total_payment"), r.Amount("total_taken_back"), r.Amount("total_denied"), r.Amount("pending_amount"),
            r.Number<long>("remittance_count"), r.Time("first_remittance_date"), r.Time("last_remittance_date"), r.Number<long>("resubmission_count"),
            r.Time("last_resubmission_date"), r.Text("status")!, r.IsDBNull(r.GetOrdinal("ageing_days")) ? null : r.Number<int>("ageing_days")));

    private static readonly Report<RemittanceAdviceRow> RemittanceAdvice = new(
        "mv_remittance_advice_summary",
        "*",
        ["provider_id", "claim_id"],
        "(last_settlement_date AT TIME ZONE 'Asia/Dubai')::date",
        r => new RemittanceAdviceRow(
            r.Text("provider_id")!, r.Text("claim_id")!, r.Text("payer_id"), r.Text("facility_id"), r.Text("id_payer"), r.Text("payment_reference"),
            r.Time("first_settlement_date"), r.Time("last_settlement_date"), r.Number<long>("activity_count"), r.Amount("total_remitted"), r.Amount("total_payment"),
            r.Amount("total_taken_back"), r.Number<long>("denied_count"), r.Amount("denied_amount"), r.Value<string[]>("denial_codes")!, r.Number<long>("remittance_count"),
            r.Amount("collection_rate"), r.Text("payment_status")!));

    private static readonly Report<PayerwiseRow> Payerwise = new(
        "mv_claim_summary_payerwise",
        "*",
        ["payer_id", "facility_id", "month"],
        "month",
        r => new PayerwiseRow(
            r.Text("payer_id")!, r.Text("facility_id")!, r.Number<DateOnly>("month"), r.Number<long>("claim_count"), r.Amount("billed_amount"),
            r.Number<long>("remitted_claim_count"), r.Amount("paid_amount"), r.Amount("denied_amount"), r.Amount("pending_amount"), r.Amount("taken_back_amount"),
            r.Number<long>("paid_activity_count"), r.Number<long>("partially_paid_activity_count"), r.Number<long>("rejected_activity_count"),
            r.Number<long>("taken_back_activity_count"), r.Number<long>("partially_taken_back_activity_count"), r.Number<long>("pending_activity_count"),
            r.Number<long>("self_pay_count"), r.Amount("self_pay_amount"), r.Amount("rejected_pct_of_billed"), r.Amount("rejected_pct_of_answered"), r.Amount("collection_rate")));

    public static void MapReports(this WebApplication app)
    {
        app.MapReport("balance-amount", "How much of each claim is still open.", BalanceAmount);
        app.MapReport("remittance-advice", "What the payer did with each claim.", RemittanceAdvice);
        app.MapReport("payerwise", "Who pays how well, by payer, facility and month of first submission.", Payerwise);
    }

    private static void MapReport<TRow>(this WebApplication app, string name, string summary, Report<TRow> report) =>
        app.MapGet(
                $"/api/reports/{name}",
                ([AsParameters] ReportQuery query, [FromKeyedServices(DataSourceRole.Report)] RoleDataSource database, CancellationToken cancellationToken) =>
                    report.QueryAsync(database, query, cancellationToken))
            .WithName(name)
            .WithSummary(summary);
}
