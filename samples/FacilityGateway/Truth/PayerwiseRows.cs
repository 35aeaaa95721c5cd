using FacilityGateway.Histories;

namespace FacilityGateway.Truth;

/// <summary>Adds up the payerwise report claim by claim. Claims never submitted are no part of it.</summary>
internal sealed class PayerwiseRows
{
    private readonly Dictionary<(string Payer, string Facility, DateOnly Month), PayerwiseRow> _rows = [];

    public void Add(ClaimHistory history)
    {
        var state = new ClaimState(history);
        if (state.Current is not { } current)
            return;

        var first = history.Versions[0].Place.TransactionDate;
        var key = (current.PayerId, current.FacilityId ?? history.ProviderId, new DateOnly(first.Year, first.Month, 1));
        var row = _rows.GetValueOrDefault(key) ?? new PayerwiseRow { PayerId = key.PayerId, FacilityId = key.Item2, Month = key.Item3 };
        var selfPaid = current.PayerId == ReportRows.SelfPaid;
        _rows[key] = row with
        {
            ClaimCount = row.ClaimCount + 1,
            BilledAmount = row.BilledAmount + current.Net,
            RemittedClaimCount = row.RemittedClaimCount + (history.Remittances.Count > 0 ? 1 : 0),
            PaidAmount = row.PaidAmount + state.TotalPayment,
            DeniedAmount = row.DeniedAmount + state.TotalDenied,
            PendingAmount = row.PendingAmount + current.Net - state.TotalPayment - state.TotalDenied,
            TakenBackAmount = row.TakenBackAmount + state.TotalTakenBack,
            PaidActivityCount = row.PaidActivityCount + Count(state, ActivityStatus.FullyPaid),
            PartiallyPaidActivityCount = row.PartiallyPaidActivityCount + Count(state, ActivityStatus.PartiallyPaid),
            RejectedActivityCount = row.RejectedActivityCount + Count(state, ActivityStatus.Rejected),
            TakenBackActivityCount = row.TakenBackActivityCount + Count(state, ActivityStatus.TakenBack),
            PartiallyTakenBackActivityCount = row.PartiallyTakenBackActivityCount + Count(state, ActivityStatus.PartiallyTakenBack),
            PendingActivityCount = row.PendingActivityCount + Count(state, ActivityStatus.Pending),
            SelfPayCount = row.SelfPayCount + (selfPaid ? 1 : 0),
            SelfPayAmount = row.SelfPayAmount + (selfPaid ? current.Net : 0),
        };
    }

    public IReadOnlyList<PayerwiseRow> ToList() =>
        [.. _rows.Values
            .OrderBy(row => row.PayerId, StringComparer.Ordinal)
            .ThenBy(row => row.FacilityId, StringComparer.Ordinal)
            .ThenBy(row => row.Month)];

    private static int Count(ClaimState state, ActivityStatus status) => state.Activities.Count(activity => activity.Status == status);
}
