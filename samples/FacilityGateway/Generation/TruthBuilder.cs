using FacilityGateway.Truth;

namespace FacilityGateway.Generation;

/// <summary>Adds up the truth of a world, batch by batch.</summary>
internal sealed class TruthBuilder(bool reports)
{
    private readonly SortedDictionary<string, FileTotals> _facilities = new(StringComparer.Ordinal);
    private readonly List<BalanceRow> _balance = [];
    private readonly List<RemittanceAdviceRow> _remittanceAdvice = [];
    private readonly PayerwiseRows _payerwise = new();
    private FileTotals _totals = new();

    public void Add(WorldBatch batch)
    {
        foreach (var file in batch.Files)
        {
            _totals = _totals.Plus(file);
            _facilities[file.FacilityId] = _facilities.GetValueOrDefault(file.FacilityId, new FileTotals()).Plus(file);
        }

        if (!reports)
            return;

        foreach (var history in batch.Histories())
        {
            _balance.Add(ReportRows.Balance(history));
            if (ReportRows.RemittanceAdvice(history) is { } row)
                _remittanceAdvice.Add(row);

            _payerwise.Add(history);
        }
    }

    public WorldTruth Build() => new()
    {
        Totals = _totals,
        Facilities = _facilities,
        Balance = [.. _balance.OrderBy(row => row.ProviderId, StringComparer.Ordinal).ThenBy(row => row.ClaimId, StringComparer.Ordinal)],
        RemittanceAdvice = [.. _remittanceAdvice.OrderBy(row => row.ProviderId, StringComparer.Ordinal).ThenBy(row => row.ClaimId, StringComparer.Ordinal)],
        Payerwise = _payerwise.ToList(),
    };
}
