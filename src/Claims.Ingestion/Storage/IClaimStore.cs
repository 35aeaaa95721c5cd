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

    /// <summary>Begins to encode the claims of a small file in the form in which they will be stored, while it is read: so its claims need not stay in memory until its batch is stored.</summary>
    /// <remarks>What was encoded comes back as <see cref="ReadFile.Encoded"/>. It may be stored any number of times: storing is repeated after a failure. A store that wraps another one passes this on.</remarks>
    /// <param name="file">The file.</param>
    /// <returns>What the claims are added to; <see langword="null"/>, the default, when the store wants them as they are.</returns>
    EncodedClaims? BeginEncoding(ClaimFile file) => null;

    /// <summary>Stores the files of a batch, their ledger rows and their change counts, all together or not at all.</summary>
    /// <remarks>
    /// A file whose fate is committed already is recognised by facility and external id and left as it is; content that the facility has
    /// stored under another external id is recorded as skipped. The call may be repeated after any failure.
    /// </remarks>
    /// <param name="batch">One file of any size, or several whose claims are in memory.</param>
    /// <param name="cancellationToken">The token to cancel the storing; nothing is then stored.</param>
    /// <returns>The fate of each file, in the order of the batch.</returns>
    /// <exception cref="LeaseLostException">Files of the batch were fetched under leases that are lost: they must not be stored.</exception>
    /// <exception cref="ClaimRefusedException">Claims were refused that the store can name: without them the batch may be stored.</exception>
    /// <exception cref="ClaimStoreException">The batch could not be stored; the exception says whether trying again may help.</exception>
    Task<IReadOnlyList<FileFate>> StoreAsync(IReadOnlyList<ReadFile> batch, CancellationToken cancellationToken);

    /// <summary>Opens what is kept of a file.</summary>
    /// <param name="facilityId">The facility.</param>
    /// <param name="externalId">The file's external id.</param>
    /// <param name="cancellationToken">The token to cancel the look-up.</param>
    /// <returns>What is kept, or <see langword="null"/> for a file never seen.</returns>
    /// <exception cref="ClaimStoreException">The store could not be asked.</exception>
    Task<KeptFile?> FindKeptAsync(string facilityId, string externalId, CancellationToken cancellationToken);

    /// <summary>Stores under its ledger row what was not stored of a file, all together or not at all.</summary>
    /// <remarks>
    /// Claims that pass are stored under the file with their positions, their errors are removed, the counts are brought up to date, and what is kept is
    /// what is still left out. A quarantined file that still cannot be stored stays as it is. When another replay was faster, nothing changes.
    /// </remarks>
    /// <param name="file">The quarantined file, or the claims of a stored file that were left out, with their positions in that file; its facility and external id name the row.</param>
    /// <param name="leftOut">The positions of the claims that <paramref name="file"/> holds; <see langword="null"/> for a quarantined file.</param>
    /// <param name="cancellationToken">The token to cancel the storing; nothing is then stored.</param>
    /// <returns>The fate of the file from now on.</returns>
    /// <exception cref="ClaimRefusedException">Claims were refused that the store can name: without them the rest may be stored.</exception>
    /// <exception cref="ClaimStoreException">It could not be stored; the exception says whether trying again may help.</exception>
    Task<FileFate> ReplayAsync(ReadFile file, IReadOnlyList<int>? leftOut, CancellationToken cancellationToken);
}
