using Claims.Ingestion.Facilities;
using Claims.Ingestion.Storage;

namespace Claims.Ingestion.Polling;

/// <summary>Fetches one facility's new files: lists, opens, acknowledges. Built in: a folder for each facility.</summary>
/// <remarks>
/// One instance serves all facilities of its kind, from several tasks at once. Errors that concern the whole facility are thrown
/// as <see cref="FacilityPollException"/>, with a message for operators: what is wrong, where, what to do.
/// </remarks>
public interface IFacilityPoller
{
    /// <summary>The name by which a facility's <see cref="Facility.PollerKind"/> asks for this poller, for example <c>directory</c>.</summary>
    string Kind { get; }

    /// <summary>Lists the files that wait at the facility: everything not yet acknowledged.</summary>
    /// <param name="facility">The facility.</param>
    /// <param name="cancellationToken">The token to cancel the listing.</param>
    /// <returns>The files, as they are found. Files that are known already may be among them: the caller skips those.</returns>
    /// <exception cref="FacilityPollException">The facility cannot be listed.</exception>
    IAsyncEnumerable<RemoteFile> ListAsync(Facility facility, CancellationToken cancellationToken);

    /// <summary>Opens one listed file for reading, once, from its start.</summary>
    /// <param name="facility">The facility.</param>
    /// <param name="file">The file, from this poller's listing.</param>
    /// <param name="cancellationToken">The token to cancel the opening.</param>
    /// <returns>The bytes, or <see langword="null"/> when the file is no longer there or is still being written; it is then left for the next poll.</returns>
    /// <exception cref="FacilityPollException">The file cannot be fetched.</exception>
    ValueTask<Stream?> OpenAsync(Facility facility, RemoteFile file, CancellationToken cancellationToken);

    /// <summary>Tells the source that the file's fate is committed, so that it is not listed again. Called only after the commit; may be called again for the same file.</summary>
    /// <param name="facility">The facility.</param>
    /// <param name="file">The file.</param>
    /// <param name="fate">What became of the file.</param>
    /// <param name="cancellationToken">The token to cancel the acknowledging.</param>
    /// <returns>A task that ends when the source has taken the acknowledgement.</returns>
    /// <exception cref="FacilityPollException">The source did not take it; the next poll tries again.</exception>
    ValueTask AcknowledgeAsync(Facility facility, RemoteFile file, FileFate fate, CancellationToken cancellationToken);

    /// <summary>Lists every file of a range of dates, whether it was fetched before or not, for a back-fill. Not every source can.</summary>
    /// <param name="facility">The facility.</param>
    /// <param name="from">The start of the range.</param>
    /// <param name="to">The end of the range, not part of it.</param>
    /// <param name="cancellationToken">The token to cancel the listing.</param>
    /// <returns>The files. Those that the ledger knows are not fetched again.</returns>
    /// <exception cref="FacilityPollException">The facility cannot be listed, or this poller cannot list a range.</exception>
    IAsyncEnumerable<RemoteFile> ListRangeAsync(Facility facility, DateTimeOffset from, DateTimeOffset to, CancellationToken cancellationToken) =>
        throw new FacilityPollException($"Facility {facility.Id}: the poller '{Kind}' cannot list a range of dates, so there is nothing to back-fill.");

    /// <summary>Returns the state of the facility's circuit breaker.</summary>
    /// <param name="facility">The facility.</param>
    /// <returns><see langword="null"/> when this poller has none.</returns>
    CircuitState? GetCircuitState(Facility facility) => null;
}
