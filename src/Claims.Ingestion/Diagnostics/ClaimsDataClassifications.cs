using Microsoft.Extensions.Compliance.Classification;

namespace Claims.Ingestion.Diagnostics;

/// <summary>
/// The classes of the data that this library handles, for <c>Microsoft.Extensions.Compliance.Redaction</c>. The properties of claims and credentials bear them: a host that logs one with
/// <c>[LogProperties]</c> and redaction switched on tells none of their values. The library itself gives no such value to a logger.
/// </summary>
public static class ClaimsDataClassifications
{
    /// <summary>The name of the taxonomy: <c>Claims.Ingestion</c>.</summary>
    public const string TaxonomyName = "Claims.Ingestion";

    /// <summary>Says who somebody is, or leads to them: numbers of patients, members, claims, approvals and clinicians.</summary>
    public static DataClassification Identifying => new(TaxonomyName, nameof(Identifying));

    /// <summary>Says what was the matter with somebody, what was done, what it cost and what was written about it.</summary>
    public static DataClassification Case => new(TaxonomyName, nameof(Case));

    /// <summary>Opens a door: names and passwords of logins.</summary>
    public static DataClassification Credential => new(TaxonomyName, nameof(Credential));
}

/// <summary>Marks what is of the class <see cref="ClaimsDataClassifications.Identifying"/>.</summary>
public sealed class IdentifyingDataAttribute : DataClassificationAttribute
{
    /// <summary>Creates the mark.</summary>
    public IdentifyingDataAttribute()
        : base(ClaimsDataClassifications.Identifying)
    {
    }
}

/// <summary>Marks what is of the class <see cref="ClaimsDataClassifications.Case"/>.</summary>
public sealed class CaseDataAttribute : DataClassificationAttribute
{
    /// <summary>Creates the mark.</summary>
    public CaseDataAttribute()
        : base(ClaimsDataClassifications.Case)
    {
    }
}

/// <summary>Marks what is of the class <see cref="ClaimsDataClassifications.Credential"/>.</summary>
public sealed class CredentialDataAttribute : DataClassificationAttribute
{
    /// <summary>Creates the mark.</summary>
    public CredentialDataAttribute()
        : base(ClaimsDataClassifications.Credential)
    {
    }
}
