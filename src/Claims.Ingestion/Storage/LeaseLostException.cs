namespace Claims.Ingestion.Storage;

/// <summary>A batch holds files that were fetched under leases that have run out or passed to another host. Nothing of the batch is in the store.</summary>
public sealed class LeaseLostException : Exception
{
    /// <summary>Creates the exception.</summary>
    /// <param name="facilityIds">The facilities whose leases are lost.</param>
    public LeaseLostException(IReadOnlyCollection<string> facilityIds)
        : base($"the leases of these facilities have run out or passed to another host: {string.Join(", ", facilityIds)}") => FacilityIds = facilityIds;

    /// <summary>The facilities whose leases are lost. Files of others may be stored without theirs.</summary>
    public IReadOnlyCollection<string> FacilityIds { get; }
}
