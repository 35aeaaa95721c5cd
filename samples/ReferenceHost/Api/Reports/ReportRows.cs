namespace ReferenceHost.Api.Reports;

/// <summary>How much of a claim is still open.</summary>
internal sealed record BalanceAmountRow(
    string ProviderId, string ClaimId, string? PayerId, string? FacilityId, DateTimeOffset? EncounterStart, DateTimeOffset? FirstSubmittedAt,
    decimal? InitialNet, decimal? CurrentNet, decimal? TotalPayment, decimal? TotalTakenBack, decimal? TotalDenied, decimal? PendingAmount,
    long RemittanceCount, DateTimeOffset? FirstRemittanceDate, DateTimeOffset? LastRemittanceDate, long ResubmissionCount,
    DateTimeOffset? LastResubmissionDate, string Status, int? AgeingDays);

/// <summary>What the payer did with a claim.</summary>
internal sealed record RemittanceAdviceRow(
    string ProviderId, string ClaimId, string? PayerId, string? FacilityId, string? IdPayer, string? PaymentReference,
    DateTimeOffset? FirstSettlementDate, DateTimeOffset? LastSettlementDate, long ActivityCount, decimal? TotalRemitted, decimal? TotalPayment,
    decimal? TotalTakenBack, long DeniedCount, decimal? DeniedAmount, IReadOnlyList<string> DenialCodes, long RemittanceCount,
    decimal? CollectionRate, string PaymentStatus);

/// <summary>How a payer pays a facility for the claims that were first submitted in a month.</summary>
internal sealed record PayerwiseRow(
    string PayerId, string FacilityId, DateOnly Month, long ClaimCount, decimal? BilledAmount, long RemittedClaimCount, decimal? PaidAmount,
    decimal? DeniedAmount, decimal? PendingAmount, decimal? TakenBackAmount, long PaidActivityCount, long PartiallyPaidActivityCount,
    long RejectedActivityCount, long TakenBackActivityCount, long PartiallyTakenBackActivityCount, long PendingActivityCount,
    long SelfPayCount, decimal? SelfPayAmount, decimal? RejectedPctOfBilled, decimal? RejectedPctOfAnswered, decimal? CollectionRate);

/// <summary>The sums over all rows that the filters leave.</summary>
internal sealed record BalanceAmountTotals(
    long Count, decimal InitialNet, decimal CurrentNet, decimal TotalPayment, decimal TotalTakenBack, decimal TotalDenied, decimal PendingAmount,
    long RemittanceCount, long ResubmissionCount);

/// <summary>The sums over all rows that the filters leave, and the rate of the sums.</summary>
internal sealed record RemittanceAdviceTotals(
    long Count, long ActivityCount, decimal TotalRemitted, decimal TotalPayment, decimal TotalTakenBack, long DeniedCount, decimal DeniedAmount,
    long RemittanceCount, decimal CollectionRate);

/// <summary>The sums over all rows that the filters leave, and the rates of the sums.</summary>
internal sealed record PayerwiseTotals(
    long Count, long ClaimCount, decimal BilledAmount, long RemittedClaimCount, decimal PaidAmount, decimal DeniedAmount, decimal PendingAmount,
    decimal TakenBackAmount, long PaidActivityCount, long PartiallyPaidActivityCount, long RejectedActivityCount, long TakenBackActivityCount,
    long PartiallyTakenBackActivityCount, long PendingActivityCount, long SelfPayCount, decimal SelfPayAmount, decimal RejectedPctOfBilled,
    decimal RejectedPctOfAnswered, decimal CollectionRate);
