namespace FacilityGateway.Histories;

/// <summary>All that the stored files say of one claim, in the order that counts, whatever order the files came in.</summary>
public sealed class ClaimHistory
{
    public ClaimHistory(string providerId, string claimId, IEnumerable<Placed<ClaimVersion>> versions, IEnumerable<Placed<RemittanceBlock>> remittances)
    {
        ProviderId = providerId;
        ClaimId = claimId;
        Versions = [.. versions.OrderBy(version => version.Place)];
        Remittances = [.. remittances.OrderBy(remittance => remittance.Place)];
    }

    public string ProviderId { get; }

    public string ClaimId { get; }

    public IReadOnlyList<Placed<ClaimVersion>> Versions { get; }

    public IReadOnlyList<Placed<RemittanceBlock>> Remittances { get; }
}

/// <summary>A claim element and the place where it was found.</summary>
public sealed record Placed<T>(FilePlace Place, T Item);

/// <summary>Where a claim element was found. Places are ordered by transaction date, then file, then position.</summary>
public sealed record FilePlace(DateTime TransactionDate, string ExternalId, int Position, string SenderId) : IComparable<FilePlace>
{
    public int CompareTo(FilePlace? other)
    {
        if (other is null)
            return 1;

        var byDate = TransactionDate.CompareTo(other.TransactionDate);
        if (byDate != 0)
            return byDate;

        var byFile = string.CompareOrdinal(ExternalId, other.ExternalId);
        return byFile != 0 ? byFile : Position.CompareTo(other.Position);
    }
}
