using System.Text.Json;
using FacilityGateway.Truth;

namespace FacilityGateway;

/// <summary>What must be found after all files of a world were taken in, computed from what was made up and not from the files.</summary>
public sealed record WorldTruth
{
    private static readonly JsonSerializerOptions s_json = new() { PropertyNamingPolicy = JsonNamingPolicy.SnakeCaseLower, WriteIndented = true };

    public required FileTotals Totals { get; init; }

    /// <summary>The totals of each facility, by its id.</summary>
    public required IReadOnlyDictionary<string, FileTotals> Facilities { get; init; }

    /// <summary>The rows of <c>mv_balance_amount_summary</c>, ordered by provider and claim.</summary>
    public required IReadOnlyList<BalanceRow> Balance { get; init; }

    /// <summary>The rows of <c>mv_remittance_advice_summary</c>, ordered by provider and claim.</summary>
    public required IReadOnlyList<RemittanceAdviceRow> RemittanceAdvice { get; init; }

    /// <summary>The rows of <c>mv_claim_summary_payerwise</c>, ordered by payer, facility and month.</summary>
    public required IReadOnlyList<PayerwiseRow> Payerwise { get; init; }

    /// <summary>Writes everything, with the names of the views' columns.</summary>
    public Task WriteJsonAsync(Stream stream, CancellationToken cancellationToken) => JsonSerializer.SerializeAsync(stream, this, s_json, cancellationToken);

    /// <summary>The totals in one line.</summary>
    public override string ToString() => Totals.ToString();
}

/// <summary>How many files and claims there are.</summary>
public sealed record FileTotals
{
    /// <summary>Stored files.</summary>
    public int Files { get; init; }

    public long Claims { get; init; }

    public long Activities { get; init; }

    public long RemittanceClaims { get; init; }

    public int Quarantined { get; init; }

    public int Skipped { get; init; }

    public long LeftOut { get; init; }

    public override string ToString() =>
        $"files={Files} claims={Claims} activities={Activities} remittance_claims={RemittanceClaims} quarantined={Quarantined} skipped={Skipped}";

    internal FileTotals Plus(GeneratedFile file) => new()
    {
        Files = Files + (file.Expectation is Expectation.Stored ? 1 : 0),
        Claims = Claims + file.Counts.Claims,
        Activities = Activities + file.Counts.Activities,
        RemittanceClaims = RemittanceClaims + file.Counts.RemittanceClaims,
        Quarantined = Quarantined + (file.Expectation is Expectation.Quarantined ? 1 : 0),
        Skipped = Skipped + (file.Expectation is Expectation.Skipped ? 1 : 0),
        LeftOut = LeftOut + file.Counts.LeftOut,
    };
}
