using System.Globalization;

namespace Claims.Ingestion.Storage;

/// <summary>The store refused a batch because of claims that it can name. Nothing of the batch is in the store; without these claims it may be. The message holds no claim content.</summary>
public sealed class ClaimRefusedException : ClaimStoreException
{
    /// <summary>Creates the exception.</summary>
    /// <param name="facilityId">The facility of the file.</param>
    /// <param name="externalId">The external id of the file.</param>
    /// <param name="claims">The claims of the file that were found to be refused; at least one. There may be more.</param>
    public ClaimRefusedException(string facilityId, string externalId, IReadOnlyList<RefusedClaim> claims)
        : base(Describe(claims), isTransient: false)
    {
        FacilityId = facilityId;
        ExternalId = externalId;
        Claims = claims;
    }

    /// <summary>The facility of the file.</summary>
    public string FacilityId { get; }

    /// <summary>The external id of the file.</summary>
    public string ExternalId { get; }

    /// <summary>The claims of the file that were found to be refused; there may be more, in other files of the batch too.</summary>
    public IReadOnlyList<RefusedClaim> Claims { get; }

    private static string Describe(IReadOnlyList<RefusedClaim> claims)
    {
        ArgumentNullException.ThrowIfNull(claims);
        ArgumentOutOfRangeException.ThrowIfZero(claims.Count);
        return string.Create(CultureInfo.InvariantCulture, $"claim {claims[0].Position}: {claims[0].Reason}");
    }
}

/// <summary>A claim that a store refused.</summary>
/// <param name="Position">The position of the claim in its file, from 1.</param>
/// <param name="Reason">Why, naming column or constraint; without the claim's content.</param>
public sealed record RefusedClaim(int Position, string Reason);
