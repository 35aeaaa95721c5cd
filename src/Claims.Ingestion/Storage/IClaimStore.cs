namespace Claims.Ingestion.Storage;

/// <summary>Keeps claim files, each exactly once. Built in: PostgreSQL, and memory for tests.</summary>
public interface IClaimStore
{
    /// <summary>Looks up the committed fates of files.</summary>
    /// <param name="facilityId">The facility that lists the files.</param>
    /// <param name="externalIds">The files' external ids.</param>
    /// <param name="cancellationToken">The token to cancel the look-up.</param>
    /// <returns>The fates by external id; files never seen are absent.</returns>
    Task<IReadOnlyDictionary<string, FileFate>> FindFatesAsync(string facilityId, IReadOnlyCollection<string> externalIds, CancellationToken cancellationToken);

    /// <summary>Stores the files of a batch, their ledger rows and their change counts, all together or not at all.</summary>
    /// <remarks>
    /// A file whose fate is committed already is recognised by facility and external id and left as it is; content that the facility has
    /// stored under another external id is recorded as skipped. The call may be repeated after any failure.
    /// </remarks>
    /// <param name="batch">One file of any size, or several whose claims are in memory.</param>
    /// <param name="cancellationToken">The token to cancel the storing; nothing is then stored.</param>
    /// <returns>The fate of each file, in the order of the batch.</returns>
    /// <exception cref="LeaseLostException">Files of the batch were fetched under leases that are lost: they must not be stored.</exception>
    /// <exception cref="ClaimStoreException">The batch could not be stored; the exception says whether trying again may help.</exception>
    Task<IReadOnlyList<FileFate>> StoreAsync(IReadOnlyList<ReadFile> batch, CancellationToken cancellationToken);
}
