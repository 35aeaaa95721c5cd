using FacilityGateway.Histories;

namespace FacilityGateway.Generation;

/// <summary>A few files of a facility whose claims live within them: no claim occurs in two batches.</summary>
internal sealed class Batch(IReadOnlyList<PlannedFile> files, IReadOnlyList<ClaimFileModel> stored)
{
    /// <summary>How many files belong together. Bounds the memory that a world needs, whatever its size.</summary>
    public const int Size = 6;

    public IReadOnlyList<PlannedFile> Files => files;

    /// <summary>The histories of all claims of the batch, as the stored files tell them.</summary>
    public IEnumerable<ClaimHistory> Histories()
    {
        var versions = stored.SelectMany(file => file.Submissions
            .Select((entry, index) => (entry.Fault, Placed: new Placed<ClaimVersion>(file.PlaceOf(index), entry.Claim)))
            .Where(entry => entry.Fault is ClaimFault.None)
            .Select(entry => entry.Placed))
            .ToLookup(version => (version.Item.ProviderId, version.Item.ClaimId));
        var remittances = stored.SelectMany(file => file.Remittances
            .Select((entry, index) => (entry.Fault, Placed: new Placed<RemittanceBlock>(file.PlaceOf(index), entry.Block)))
            .Where(entry => entry.Fault is ClaimFault.None)
            .Select(entry => entry.Placed))
            .ToLookup(remittance => (remittance.Item.ProviderId, remittance.Item.ClaimId));
        return versions.Select(group => group.Key)
            .Union(remittances.Select(group => group.Key))
            .Select(key => new ClaimHistory(key.ProviderId, key.ClaimId, versions[key], remittances[key]));
    }
}

/// <summary>A file of a batch: what it is, and how to write it.</summary>
internal sealed class PlannedFile
{
    public required string Name { get; init; }

    public required GeneratedFileKind Kind { get; init; }

    public required Expectation Expectation { get; init; }

    public BrokenKind? Broken { get; init; }

    public FileCounts Counts { get; init; }

    public string? DuplicateOf { get; init; }

    public required Action<Stream> WriteTo { get; init; }
}
