using Claims.Ingestion.Diagnostics;

namespace Claims.Ingestion.Reading;

/// <summary>A <c>Claim</c> element of a remittance file: the payer's answer to one claim. Its content is personal data: it has no text form on purpose.</summary>
/// <remarks>Optional elements that are missing or empty are <see langword="null"/>.</remarks>
public sealed class RemittedClaim
{
    private int _position;

    /// <summary>The position of the claim in its file, from 1; claims that are left out count too.</summary>
    public required int Position { get => _position; init => _position = value; }

    /// <summary>The line of the file where the claim begins, from 1.</summary>
    /// <value>The default is 0: not known.</value>
    public int Line { get; init; }

    /// <summary>The provider's number of the claim.</summary>
    [IdentifyingData]
    public required string Id { get; init; }

    /// <summary>The payer's number of this claim (not the payer's code).</summary>
    [IdentifyingData]
    public string? IdPayer { get; init; }

    /// <summary>Who billed: the element <c>ProviderID</c>, else the receiver that the file's header names.</summary>
    public required string ProviderId { get; init; }

    /// <summary>Denies the whole claim.</summary>
    [CaseData]
    public string? DenialCode { get; init; }

    /// <summary>The payment's number.</summary>
    [IdentifyingData]
    public string? PaymentReference { get; init; }

    /// <summary>When it was settled.</summary>
    [CaseData]
    public DateTimeOffset? DateSettlement { get; init; }

    /// <summary>Where the visit was.</summary>
    public string? FacilityId { get; init; }

    /// <summary>The payer's comments.</summary>
    [CaseData]
    public string? Comments { get; init; }

    /// <summary>The activities answered, in the file's order; at least one.</summary>
    public required IReadOnlyList<RemittedActivity> Activities { get; init; }

    /// <summary>The same claim at another position.</summary>
    internal RemittedClaim At(int position)
    {
        var claim = (RemittedClaim)MemberwiseClone();
        claim._position = position;
        return claim;
    }
}

/// <summary>An <c>Activity</c> of a remitted claim: the payer's answer to a service line.</summary>
public sealed class RemittedActivity
{
    /// <summary>The provider's number of the line.</summary>
    [IdentifyingData]
    public required string Id { get; init; }

    /// <summary>When the service was given.</summary>
    [CaseData]
    public DateTimeOffset? Start { get; init; }

    /// <summary>The code list that <see cref="Code"/> is from.</summary>
    [CaseData]
    public string? Type { get; init; }

    /// <summary>The code of the service.</summary>
    [CaseData]
    public string? Code { get; init; }

    /// <summary>How many.</summary>
    [CaseData]
    public decimal? Quantity { get; init; }

    /// <summary>The net amount billed for the line, in dirhams.</summary>
    [CaseData]
    public required decimal Net { get; init; }

    /// <summary>The list price, in dirhams.</summary>
    [CaseData]
    public decimal? List { get; init; }

    /// <summary>Who gave the service.</summary>
    [IdentifyingData]
    public string? Clinician { get; init; }

    /// <summary>The payer's number of the approval.</summary>
    [IdentifyingData]
    public string? PriorAuthorizationId { get; init; }

    /// <summary>The gross amount, in dirhams.</summary>
    [CaseData]
    public decimal? Gross { get; init; }

    /// <summary>The patient's share, in dirhams.</summary>
    [CaseData]
    public decimal? PatientShare { get; init; }

    /// <summary>What the payer pays for the line, in dirhams; negative when it takes back an earlier payment.</summary>
    [CaseData]
    public required decimal PaymentAmount { get; init; }

    /// <summary>Why the line is not, or not fully, paid.</summary>
    [CaseData]
    public string? DenialCode { get; init; }
}
