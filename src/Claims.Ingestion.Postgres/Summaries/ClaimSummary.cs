namespace Claims.Ingestion.Postgres.Summaries;

/// <summary>The summary that the three reports read.</summary>
internal static class ClaimSummary
{
    public const string Name = "claim_summary";

    public static SummaryDefinition Definition { get; } = new()
    {
        Name = Name,
        Query = "SELECT s.* FROM (SELECT array_agg(provider_id) AS providers, array_agg(claim_id) AS claim_ids FROM keys) k, claims.claim_summaries(k.providers, k.claim_ids) s",
        RollUps =
        [
            new RollUp
            {
                Name = "payerwise_rollup",
                Where = "status <> 'REMITTED_ONLY'",
                GroupBy = [new("payer_id"), new("facility_id"), new("month", "date_trunc('month', first_submitted_at AT TIME ZONE 'Asia/Dubai')::date")],
                Sums =
                [
                    new("billed_amount", "current_net"),
                    new("remitted_claim_count", "CASE WHEN remittance_count > 0 THEN 1 ELSE 0 END"),
                    new("paid_amount", "total_payment"),
                    new("denied_amount", "total_denied"),
                    new("pending_amount"),
                    new("taken_back_amount", "total_taken_back"),
                    new("paid_activity_count"),
                    new("partially_paid_activity_count"),
                    new("rejected_activity_count"),
                    new("taken_back_activity_count"),
                    new("partially_taken_back_activity_count"),
                    new("pending_activity_count"),
                    new("self_pay_count", "CASE WHEN payer_id = 'Self-Paid' THEN 1 ELSE 0 END"),
                    new("self_pay_amount", "CASE WHEN payer_id = 'Self-Paid' THEN current_net ELSE 0 END"),
                ],
            },
        ],
    };
}
