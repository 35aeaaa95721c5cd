using Claims.Ingestion.Diagnostics;

namespace Claims.Ingestion.Reading;

/// <summary>A <c>Claim</c> element of a submission file. Its content is personal data: it has no text form on purpose.</summary>
/// <remarks>Optional elements that are missing or empty are <see langword="null"/>.</remarks>
public sealed class SubmittedClaim
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

    /// <summary>The patient's insurance membership.</summary>
    [IdentifyingData]
    public string? MemberId { get; init; }

    /// <summary>The insurer's code, or the code for self-payers.</summary>
    public required string PayerId { get; init; }

    /// <summary>Who bills. With <see cref="Id"/> it identifies the claim.</summary>
    public required string ProviderId { get; init; }

    /// <summary>The patient's national identity number, or a placeholder.</summary>
    [IdentifyingData]
    public string? EmiratesId { get; init; }

    /// <summary>The gross amount, in dirhams.</summary>
    [CaseData]
    public required decimal Gross { get; init; }

    /// <summary>The patient's share, in dirhams.</summary>
    [CaseData]
    public required decimal PatientShare { get; init; }

    /// <summary>The net amount billed to the payer, in dirhams.</summary>
    [CaseData]
    public required decimal Net { get; init; }

    /// <summary>The visit.</summary>
    public Encounter? Encounter { get; init; }

    /// <summary>The diagnoses, in the file's order.</summary>
    public required IReadOnlyList<Diagnosis> Diagnoses { get; init; }

    /// <summary>The activities, in the file's order; at least one.</summary>
    public required IReadOnlyList<SubmittedActivity> Activities { get; init; }

    /// <summary>Says that the claim was sent before, and why it is sent again.</summary>
    public Resubmission? Resubmission { get; init; }

    /// <summary>The package of the contract.</summary>
    [CaseData]
    public string? PackageName { get; init; }

    /// <summary>The same claim at another position.</summary>
    internal SubmittedClaim At(int position)
    {
        var claim = (SubmittedClaim)MemberwiseClone();
        claim._position = position;
        return claim;
    }
}

/// <summary>The <c>Encounter</c> of a submitted claim: the visit.</summary>
public sealed class Encounter
{
    /// <summary>Where it was.</summary>
    public string? FacilityId { get; init; }

    /// <summary>The code of the encounter's type.</summary>
    [CaseData]
    public string? Type { get; init; }

    /// <summary>The provider's number of the patient.</summary>
    [IdentifyingData]
    public string? PatientId { get; init; }

    /// <summary>When it began.</summary>
    [CaseData]
    public DateTimeOffset? Start { get; init; }

    /// <summary>When it ended.</summary>
    [CaseData]
    public DateTimeOffset? End { get; init; }

    /// <summary>The code of how it began.</summary>
    [CaseData]
    public string? StartType { get; init; }

    /// <summary>The code of how it ended.</summary>
    [CaseData]
    public string? EndType { get; init; }

    /// <summary>Where the patient came from.</summary>
    [CaseData]
    public string? TransferSource { get; init; }

    /// <summary>Where the patient went.</summary>
    [CaseData]
    public string? TransferDestination { get; init; }
}

/// <summary>A <c>Diagnosis</c> of a submitted claim.</summary>
public sealed class Diagnosis
{
    /// <summary>Principal, Secondary, Admitting; unknown types are kept.</summary>
    [CaseData]
    public string? Type { get; init; }

    /// <summary>The ICD code.</summary>
    [CaseData]
    public string? Code { get; init; }
}

/// <summary>An <c>Activity</c> of a submitted claim: a service line.</summary>
public sealed class SubmittedActivity
{
    /// <summary>The provider's number of the line. It may occur twice in a claim.</summary>
    [IdentifyingData]
    public required string Id { get; init; }

    /// <summary>When the service was given.</summary>
    [CaseData]
    public required DateTimeOffset Start { get; init; }

    /// <summary>The code list that <see cref="Code"/> is from.</summary>
    [CaseData]
    public string? Type { get; init; }

    /// <summary>The code of the service.</summary>
    [CaseData]
    public required string Code { get; init; }

    /// <summary>How many.</summary>
    [CaseData]
    public required decimal Quantity { get; init; }

    /// <summary>The net amount billed for the line, in dirhams.</summary>
    [CaseData]
    public required decimal Net { get; init; }

    /// <summary>Who gave the service.</summary>
    [IdentifyingData]
    public string? Clinician { get; init; }

    /// <summary>The payer's number of the approval.</summary>
    [IdentifyingData]
    public string? PriorAuthorizationId { get; init; }

    /// <summary>The observations, in the file's order.</summary>
    public required IReadOnlyList<Observation> Observations { get; init; }
}

/// <summary>An <c>Observation</c> of an activity.</summary>
public sealed class Observation
{
    /// <summary>The kind of observation; unknown kinds are kept.</summary>
    [CaseData]
    public string? Type { get; init; }

    /// <summary>What was observed.</summary>
    [CaseData]
    public string? Code { get; init; }

    /// <summary>The value as text.</summary>
    /// <value><see langword="null"/> when empty, or when the value is a file.</value>
    [CaseData]
    public string? Value { get; init; }

    /// <summary>The unit or type of the value.</summary>
    [CaseData]
    public string? ValueType { get; init; }

    /// <summary>The decoded bytes of an observation of type <c>File</c>.</summary>
    /// <value><see langword="null"/> for other observations, and for a file that could not be decoded.</value>
    [CaseData]
    public byte[]? Content { get; init; }
}

/// <summary>The <c>Resubmission</c> of a submitted claim.</summary>
public sealed class Resubmission
{
    /// <summary>correction, internal complaint, legacy, reconciliation; unknown types are kept.</summary>
    [CaseData]
    public string? Type { get; init; }

    /// <summary>Why the claim is sent again.</summary>
    [CaseData]
    public string? Comment { get; init; }

    /// <summary>The decoded bytes of the attachment.</summary>
    [CaseData]
    public byte[]? Attachment { get; init; }
}
