namespace FacilityGateway.Histories;

/// <summary>A <c>Claim</c> element of a remittance: what the reports depend on.</summary>
public sealed class RemittanceBlock
{
    public required string ProviderId { get; init; }

    public required string ClaimId { get; init; }

    /// <summary><see langword="null"/> when the element is empty.</summary>
    public string? IdPayer { get; init; }

    /// <summary>Denies the whole claim.</summary>
    public string? DenialCode { get; init; }

    /// <summary><see langword="null"/> when the element is empty.</summary>
    public string? PaymentReference { get; init; }

    /// <summary>Local time, UTC+4.</summary>
    public DateTime? DateSettlement { get; init; }

    public string? FacilityId { get; init; }

    public required IReadOnlyList<RemittedLine> Lines { get; init; }

    public DateTime ServiceDate { get; init; }

    /// <summary>That of the claim's versions.</summary>
    public ulong Seed { get; init; }
}

/// <summary>An <c>Activity</c> of a remittance.</summary>
public sealed record RemittedLine(string Id, decimal Net, decimal Payment, string? DenialCode = null);
