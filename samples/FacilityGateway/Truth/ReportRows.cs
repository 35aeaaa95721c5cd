using FacilityGateway.Histories;

namespace FacilityGateway.Truth;

/// <summary>The rows that the three report views must show for given histories.</summary>
public static class ReportRows
{
    public const string SelfPaid = "Self-Paid";

    public static BalanceRow Balance(ClaimHistory history)
    {
        var state = new ClaimState(history);
        var last = history.Remittances.LastOrDefault();
        var submitted = state.Current;
        return new BalanceRow
        {
            ProviderId = history.ProviderId,
            ClaimId = history.ClaimId,
            PayerId = submitted?.PayerId ?? last!.Place.SenderId,
            FacilityId = (submitted is null ? last!.Item.FacilityId : submitted.FacilityId) ?? history.ProviderId,
            EncounterStart = LocalTime.At(submitted?.EncounterStart),
            FirstSubmittedAt = LocalTime.At(history.Versions.FirstOrDefault()?.Place.TransactionDate),
            InitialNet = history.Versions.FirstOrDefault()?.Item.Net,
            CurrentNet = submitted?.Net,
            TotalPayment = state.TotalPayment,
            TotalTakenBack = state.TotalTakenBack,
            TotalDenied = state.TotalDenied,
            PendingAmount = submitted?.Net - state.TotalPayment - state.TotalDenied,
            RemittanceCount = history.Remittances.Count,
            FirstRemittanceDate = last is null ? null : LocalTime.At(state.SettlementDates.Min()),
            LastRemittanceDate = last is null ? null : LocalTime.At(state.SettlementDates.Max()),
            ResubmissionCount = state.Resubmissions.Count,
            LastResubmissionDate = state.Resubmissions.Count == 0 ? null : LocalTime.At(state.Resubmissions.Max(version => version.Place.TransactionDate)),
            Status = state.Status,
        };
    }

    /// <summary>The row of a claim that has a remittance; <see langword="null"/> for another.</summary>
    public static RemittanceAdviceRow? RemittanceAdvice(ClaimHistory history)
    {
        if (history.Remittances.Count == 0)
            return null;

        var state = new ClaimState(history);
        var last = history.Remittances[^1];
        var denied = state.RemittedIds.Where(id => state.PaidOn(id) <= 0 && state.CarriesDenial(id)).ToList();
        var remitted = state.RemittedIds.Sum(state.RemittedNet);
        var codes = history.Remittances.SelectMany(remittance => remittance.Item.Lines.Select(line => line.DenialCode).Append(remittance.Item.DenialCode));
        return new RemittanceAdviceRow
        {
            ProviderId = history.ProviderId,
            ClaimId = history.ClaimId,
            PayerId = state.Current?.PayerId ?? last.Place.SenderId,
            IdPayer = last.Item.IdPayer,
            PaymentReference = last.Item.PaymentReference,
            FirstSettlementDate = LocalTime.At(state.SettlementDates.Min()),
            LastSettlementDate = LocalTime.At(state.SettlementDates.Max()),
            ActivityCount = state.RemittedIds.Count,
            TotalRemitted = remitted,
            TotalPayment = state.TotalPayment,
            TotalTakenBack = state.TotalTakenBack,
            DeniedCount = denied.Count,
            DeniedAmount = denied.Sum(state.RemittedNet),
            DenialCodes = [.. codes.OfType<string>().Distinct().Order(StringComparer.Ordinal)],
            RemittanceCount = history.Remittances.Count,
            CollectionRate = Rates.Percent(state.TotalPayment, remitted),
            PaymentStatus = denied.Count > 0 ? "Has Denials"
                : state.TotalPayment >= remitted ? "Fully Paid"
                : state.TotalPayment > 0 ? "Partially Paid"
                : "No Payment",
        };
    }

    public static IReadOnlyList<PayerwiseRow> Payerwise(IEnumerable<ClaimHistory> histories)
    {
        var rows = new PayerwiseRows();
        foreach (var history in histories)
            rows.Add(history);

        return rows.ToList();
    }
}
