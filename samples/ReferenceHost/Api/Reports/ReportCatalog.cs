namespace ReferenceHost.Api.Reports;

/// <summary>The three reports.</summary>
internal static class ReportCatalog
{
    public static readonly Report<BalanceAmountRow, BalanceAmountTotals> BalanceAmount = new()
    {
        Name = "balance-amount",
        Summary = "How much of each claim is still open.",
        DayMeaning = "the day in Dubai of the first submission, else of the first remittance",
        View = "mv_balance_amount_summary",
        Key = [new("provider_id"), new("claim_id")],
        Day = new("(coalesce(first_submitted_at, first_remittance_date) AT TIME ZONE 'Asia/Dubai')::date", IsDay: true),
        DependsOnToday = true,
        Computed = new Dictionary<string, string>
        {
            ["ageing_days"] = "(now() AT TIME ZONE 'Asia/Dubai')::date - (encounter_start AT TIME ZONE 'Asia/Dubai')::date",
        },
        Amounts = ["initial_net", "current_net", "total_payment", "total_taken_back", "total_denied", "pending_amount"],
        Counts = ["remittance_count", "resubmission_count"],
        ReadRow = r => new BalanceAmountRow(
            r.Text("provider_id")!, r.Text("claim_id")!, r.Text("payer_id"), r.Text("facility_id"), r.Time("encounter_start"), r.Time("first_submitted_at"),
            r.Amount("initial_net"), r.Amount("current_net"), r.Amount("total_payment"), r.Amount("total_taken_back"), r.Amount("total_denied"), r.Amount("pending_amount"),
            r.Number<long>("remittance_count"), r.Time("first_remittance_date"), r.Time("last_remittance_date"), r.Number<long>("resubmission_count"),
            r.Time("last_resubmission_date"), r.Text("status")!, r.IsDBNull(r.GetOrdinal("ageing_days")) ? null : r.Number<int>("ageing_days")),
        ReadTotals = r => new BalanceAmountTotals(
            r.Number<long>("count"), r.Number<decimal>("initial_net"), r.Number<decimal>("current_net"), r.Number<decimal>("total_payment"), r.Number<decimal>("total_taken_back"),
            r.Number<decimal>("total_denied"), r.Number<decimal>("pending_amount"), r.Number<long>("remittance_count"), r.Number<long>("resubmission_count")),
    };

    public static readonly Report<RemittanceAdviceRow, RemittanceAdviceTotals> RemittanceAdvice = new()
    {
        Name = "remittance-advice",
        Summary = "What the payer did with each claim.",
        DayMeaning = "the day in Dubai of the last settlement",
        View = "mv_remittance_advice_summary",
        Key = [new("provider_id"), new("claim_id")],
        Day = new("(last_settlement_date AT TIME ZONE 'Asia/Dubai')::date", IsDay: true),
        Amounts = ["total_remitted", "total_payment", "total_taken_back", "denied_amount"],
        Counts = ["activity_count", "denied_count", "remittance_count"],
        Rates = new Dictionary<string, string>
        {
            ["collection_rate"] = "CASE WHEN total_remitted = 0 THEN 0 ELSE round(total_payment / total_remitted * 100, 2) END",
        },
        ReadRow = r => new RemittanceAdviceRow(
            r.Text("provider_id")!, r.Text("claim_id")!, r.Text("payer_id"), r.Text("facility_id"), r.Text("id_payer"), r.Text("payment_reference"),
            r.Time("first_settlement_date"), r.Time("last_settlement_date"), r.Number<long>("activity_count"), r.Amount("total_remitted"), r.Amount("total_payment"),
            r.Amount("total_taken_back"), r.Number<long>("denied_count"), r.Amount("denied_amount"), r.Value<string[]>("denial_codes")!, r.Number<long>("remittance_count"),
            r.Amount("collection_rate"), r.Text("payment_status")!),
        ReadTotals = r => new RemittanceAdviceTotals(
            r.Number<long>("count"), r.Number<long>("activity_count"), r.Number<decimal>("total_remitted"), r.Number<decimal>("total_payment"), r.Number<decimal>("total_taken_back"),
            r.Number<long>("denied_count"), r.Number<decimal>("denied_amount"), r.Number<long>("remittance_count"), r.Number<decimal>("collection_rate")),
    };

    public static readonly Report<PayerwiseRow, PayerwiseTotals> Payerwise = new()
    {
        Name = "payerwise",
        Summary = "Who pays how well, by payer, facility and month of first submission.",
        DayMeaning = "the first day of the month",
        View = "mv_claim_summary_payerwise",
        Key = [new("payer_id", Filter: query => query.Payer), new("facility_id", Filter: query => query.Facility), new("month", IsDay: true)],
        Day = new("month", IsDay: true),
        Amounts = ["billed_amount", "paid_amount", "denied_amount", "pending_amount", "taken_back_amount", "self_pay_amount"],
        Counts =
        [
            "claim_count", "remitted_claim_count", "paid_activity_count", "partially_paid_activity_count", "rejected_activity_count", "taken_back_activity_count",
            "partially_taken_back_activity_count", "pending_activity_count", "self_pay_count",
        ],
        Rates = new Dictionary<string, string>
        {
            ["rejected_pct_of_billed"] = "CASE WHEN billed_amount = 0 THEN 0 ELSE round(denied_amount / billed_amount * 100, 2) END",
            ["rejected_pct_of_answered"] = "CASE WHEN paid_amount + denied_amount = 0 THEN 0 ELSE round(denied_amount / (paid_amount + denied_amount) * 100, 2) END",
            ["collection_rate"] = "CASE WHEN billed_amount = 0 THEN 0 ELSE round(paid_amount / billed_amount * 100, 2) END",
        },
        ReadRow = r => new PayerwiseRow(
            r.Text("payer_id")!, r.Text("facility_id")!, r.Number<DateOnly>("month"), r.Number<long>("claim_count"), r.Amount("billed_amount"),
            r.Number<long>("remitted_claim_count"), r.Amount("paid_amount"), r.Amount("denied_amount"), r.Amount("pending_amount"), r.Amount("taken_back_amount"),
            r.Number<long>("paid_activity_count"), r.Number<long>("partially_paid_activity_count"), r.Number<long>("rejected_activity_count"),
            r.Number<long>("taken_back_activity_count"), r.Number<long>("partially_taken_back_activity_count"), r.Number<long>("pending_activity_count"),
            r.Number<long>("self_pay_count"), r.Amount("self_pay_amount"), r.Amount("rejected_pct_of_billed"), r.Amount("rejected_pct_of_answered"), r.Amount("collection_rate")),
        ReadTotals = r => new PayerwiseTotals(
            r.Number<long>("count"), r.Number<long>("claim_count"), r.Number<decimal>("billed_amount"), r.Number<long>("remitted_claim_count"), r.Number<decimal>("paid_amount"),
            r.Number<decimal>("denied_amount"), r.Number<decimal>("pending_amount"), r.Number<decimal>("taken_back_amount"), r.Number<long>("paid_activity_count"),
            r.Number<long>("partially_paid_activity_count"), r.Number<long>("rejected_activity_count"), r.Number<long>("taken_back_activity_count"),
            r.Number<long>("partially_taken_back_activity_count"), r.Number<long>("pending_activity_count"), r.Number<long>("self_pay_count"), r.Number<decimal>("self_pay_amount"),
            r.Number<decimal>("rejected_pct_of_billed"), r.Number<decimal>("rejected_pct_of_answered"), r.Number<decimal>("collection_rate")),
    };
}
