using FacilityGateway.Histories;

namespace FacilityGateway.Truth;

/// <summary>The state of one claim: a pure function of its history, written for reading and not for speed.</summary>
internal sealed class ClaimState
{
    private const decimal Tolerance = 0.005m;

    private readonly ClaimHistory _history;
    private readonly List<RemittanceBlock> _blocks;

    public ClaimState(ClaimHistory history)
    {
        _history = history;
        _blocks = [.. history.Remittances.Select(remittance => remittance.Item)];
        var lines = _blocks.SelectMany(block => block.Lines).ToList();
        TotalPayment = lines.Sum(line => line.Payment);
        TotalTakenBack = -lines.Where(line => line.Payment < 0).Sum(line => line.Payment);
        RemittedIds = [.. lines.Select(line => line.Id).Distinct()];
        SettlementDates = [.. history.Remittances.Select(remittance => remittance.Item.DateSettlement ?? remittance.Place.TransactionDate)];
        Resubmissions = [.. history.Versions.Where((version, index) => index > 0 || version.Item.Resubmission is not null)];
        FindCurrentVersion();
        Activities = [.. CurrentNets.Select(activity => StateOf(activity.Key, activity.Value))];
    }

    /// <summary>The last version that replaced all before it; <see langword="null"/> for a claim never submitted.</summary>
    public ClaimVersion? Current { get; private set; }

    /// <summary>The nets of the current activities. Activities with the same id count as one.</summary>
    public Dictionary<string, decimal> CurrentNets { get; private set; } = [];

    public IReadOnlyList<ActivityState> Activities { get; }

    public decimal TotalPayment { get; }

    public decimal TotalTakenBack { get; }

    public decimal TotalDenied => Activities.Sum(activity => activity.DeniedAmount);

    public IReadOnlyList<string> RemittedIds { get; }

    public IReadOnlyList<DateTime> SettlementDates { get; }

    public IReadOnlyList<Placed<ClaimVersion>> Resubmissions { get; }

    public string Status => this switch
    {
        { Current: null } => "REMITTED_ONLY",
        { ResubmittedLast: true } => "RESUBMITTED",
        { _blocks.Count: 0 } => "SUBMITTED",
        { TotalTakenBack: > 0, TotalPayment: <= 0 } => "TAKEN_BACK",
        { Current.Net: > 0 } when TotalPayment >= Current.Net - Tolerance => "PAID",
        { TotalPayment: > 0 } => "PARTIALLY_PAID",
        { TotalPayment: 0 } when _blocks[^1].DenialCode is not null || RemittedIds.All(CarriesDenial) => "REJECTED",
        _ => "UNKNOWN",
    };

    private bool ResubmittedLast =>
        Resubmissions.Count > 0 && (_blocks.Count == 0 || Resubmissions[^1].Place.CompareTo(_history.Remittances[^1].Place) > 0);

    public decimal PaidOn(string activityId) =>
        _blocks.SelectMany(block => block.Lines).Where(line => line.Id == activityId).Sum(line => line.Payment);

    /// <summary>Whether the latest block that names the activity or denies the whole claim carries a denial code for it.</summary>
    public bool CarriesDenial(string activityId)
    {
        var latest = _blocks.LastOrDefault(block => block.DenialCode is not null || block.Lines.Any(line => line.Id == activityId));
        return latest is not null
            && (latest.DenialCode is not null || latest.Lines.Last(line => line.Id == activityId).DenialCode is not null);
    }

    /// <summary>The net of a remitted activity, as the last line of the latest block that names it has it.</summary>
    public decimal RemittedNet(string activityId) =>
        _blocks.SelectMany(block => block.Lines).Last(line => line.Id == activityId).Net;

    private void FindCurrentVersion()
    {
        foreach (var version in _history.Versions.Select(version => version.Item))
        {
            var nets = version.Lines.GroupBy(line => line.Id).ToDictionary(lines => lines.Key, lines => lines.Sum(line => line.Net));
            if (Current is null || version.Resubmission is not ("internal complaint" or "reconciliation"))
            {
                Current = version;
                CurrentNets = nets;
                continue;
            }

            foreach (var (id, net) in nets)
                CurrentNets[id] = net;
        }
    }

    private ActivityState StateOf(string id, decimal submitted)
    {
        var paid = PaidOn(id);
        var takenBack = -_blocks.SelectMany(block => block.Lines).Where(line => line.Id == id && line.Payment < 0).Sum(line => line.Payment);
        var denied = paid <= 0 && CarriesDenial(id);
        var status = takenBack > 0 && paid <= 0 ? ActivityStatus.TakenBack
            : takenBack > 0 && paid < submitted ? ActivityStatus.PartiallyTakenBack
            : submitted > 0 && paid >= submitted - Tolerance ? ActivityStatus.FullyPaid
            : paid > 0 ? ActivityStatus.PartiallyPaid
            : denied ? ActivityStatus.Rejected
            : ActivityStatus.Pending;
        return new ActivityState(id, submitted, paid, takenBack, denied ? submitted : 0, status);
    }
}

internal enum ActivityStatus
{
    Pending,
    FullyPaid,
    PartiallyPaid,
    Rejected,
    TakenBack,
    PartiallyTakenBack,
}

internal sealed record ActivityState(string Id, decimal Submitted, decimal NetPaid, decimal TakenBack, decimal DeniedAmount, ActivityStatus Status);
