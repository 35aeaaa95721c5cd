namespace FacilityGateway.Truth;

/// <summary>A row of <c>mv_balance_amount_summary</c>. For a claim that was never submitted, what only a submission tells is <see langword="null"/>.</summary>
public sealed record BalanceRow
{
    public required string ProviderId { get; init; }

    public required string ClaimId { get; init; }

    public required string PayerId { get; init; }

    public required string FacilityId { get; init; }

    public DateTimeOffset? EncounterStart { get; init; }

    public DateTimeOffset? FirstSubmittedAt { get; init; }

    public decimal? InitialNet { get; init; }

    public decimal? CurrentNet { get; init; }

    public required decimal TotalPayment { get; init; }

    public required decimal TotalTakenBack { get; init; }

    public required decimal TotalDenied { get; init; }

    public decimal? PendingAmount { get; init; }

    public required int RemittanceCount { get; init; }

    public DateTimeOffset? FirstRemittanceDate { get; init; }

    public DateTimeOffset? LastRemittanceDate { get; init; }

    public required int ResubmissionCount { get; init; }

    public DateTimeOffset? LastResubmissionDate { get; init; }

    public required string Status { get; init; }
}

/// <summary>A row of <c>mv_remittance_advice_summary</c>.</summary>
public sealed record RemittanceAdviceRow
{
    public required string ProviderId { get; init; }

    public required string ClaimId { get; init; }

    public required string PayerId { get; init; }

    public string? IdPayer { get; init; }

    public string? PaymentReference { get; init; }

    public required DateTimeOffset FirstSettlementDate { get; init; }

    public required DateTimeOffset LastSettlementDate { get; init; }

    public required int ActivityCount { get; init; }

    public required decimal TotalRemitted { get; init; }

    public required decimal TotalPayment { get; init; }

    public required decimal TotalTakenBack { get; init; }

    public required int DeniedCount { get; init; }

    public required decimal DeniedAmount { get; init; }

    public required IReadOnlyList<string> DenialCodes { get; init; }

    public required int RemittanceCount { get; init; }

    public required decimal CollectionRate { get; init; }

    public required string PaymentStatus { get; init; }
}

/// <summary>A row of <c>mv_claim_summary_payerwise</c>.</summary>
public sealed record PayerwiseRow
{
    public required string PayerId { get; init; }

    public required string FacilityId { get; init; }

    /// <summary>The first day of the month of the first submission, in local time.</summary>
    public required DateOnly Month { get; init; }

    public int ClaimCount { get; init; }

    public decimal BilledAmount { get; init; }

    public int RemittedClaimCount { get; init; }

    public decimal PaidAmount { get; init; }

    public decimal DeniedAmount { get; init; }

    public decimal PendingAmount { get; init; }

    public decimal TakenBackAmount { get; init; }

    public int PaidActivityCount { get; init; }

    public int PartiallyPaidActivityCount { get; init; }

    public int RejectedActivityCount { get; init; }

    public int TakenBackActivityCount { get; init; }

    public int PartiallyTakenBackActivityCount { get; init; }

    public int PendingActivityCount { get; init; }

    public int SelfPayCount { get; init; }

    public decimal SelfPayAmount { get; init; }

    public decimal RejectedPctOfBilled => Rates.Percent(DeniedAmount, BilledAmount);

    public decimal RejectedPctOfAnswered => Rates.Percent(DeniedAmount, PaidAmount + DeniedAmount);

    public decimal CollectionRate => Rates.Percent(PaidAmount, BilledAmount);
}
