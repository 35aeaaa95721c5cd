using Claims.Ingestion.Facilities;

namespace Claims.Ingestion.Scheduling;

/// <summary>
/// Answers whether this host may poll a facility now, so that several hosts share the facilities without a leader and without talking to each
/// other, and remembers each facility's last poll. Built in: rows in PostgreSQL, and one host alone.
/// </summary>
/// <remarks>All times between hosts are those of the shared store's clock; a host's own clock only decides when it asks.</remarks>
public interface IFacilityLease
{
    /// <summary>How long a lease lasts that is not renewed.</summary>
    /// <value><see langword="null"/> when leases last until they are released, because there is no other host.</value>
    TimeSpan? Duration { get; }

    /// <summary>Takes the leases of facilities that are due. Those that another host holds, or whose slot is served already, are not granted. A slot that lies more than two intervals before the one served
    /// last is granted: the clock was set back.</summary>
    /// <param name="requests">The facilities, each once.</param>
    /// <param name="cancellationToken">The token to cancel the asking.</param>
    /// <returns>The granted leases. Each has a higher epoch than every lease of its facility before.</returns>
    ValueTask<IReadOnlyList<LeaseGrant>> AcquireAsync(IReadOnlyList<LeaseRequest> requests, CancellationToken cancellationToken);

    /// <summary>Prolongs leases by <see cref="Duration"/> from now. A lease that has run out is lost, also when no other host took it.</summary>
    /// <param name="leases">The leases whose polls are at work.</param>
    /// <param name="cancellationToken">The token to cancel the asking.</param>
    /// <returns>Those that are still held.</returns>
    ValueTask<IReadOnlyList<FacilityLease>> RenewAsync(IReadOnlyList<FacilityLease> leases, CancellationToken cancellationToken);

    /// <summary>Gives a lease back and keeps what is to be remembered. A lease that was lost changes nothing.</summary>
    /// <param name="lease">The lease.</param>
    /// <param name="record">The poll that ended; <see langword="null"/> when there was none, so that the slot is not served.</param>
    /// <param name="cancellationToken">The token to cancel the asking.</param>
    /// <returns>A task that ends when the lease is given back.</returns>
    ValueTask ReleaseAsync(FacilityLease lease, PollRecord? record, CancellationToken cancellationToken);

    /// <summary>Finds polls whose hosts gave no sign of life for <see cref="Duration"/>, to be taken over.</summary>
    /// <param name="cancellationToken">The token to cancel the asking.</param>
    /// <returns>The facilities and the slots that were not served.</returns>
    ValueTask<IReadOnlyList<AbandonedSlot>> FindAbandonedAsync(CancellationToken cancellationToken);

    /// <summary>Returns the records that changed since the last call of this instance, of all hosts; all of them at the first call.</summary>
    /// <param name="cancellationToken">The token to cancel the asking.</param>
    /// <returns>The records.</returns>
    ValueTask<IReadOnlyList<PollRecord>> GetChangedRecordsAsync(CancellationToken cancellationToken);

    /// <summary>Pauses or resumes a facility on all hosts, until the opposite is asked for. Its slots pass unserved.</summary>
    /// <param name="facilityId">The facility.</param>
    /// <param name="isPaused">Whether it is to be paused.</param>
    /// <param name="cancellationToken">The token to cancel the asking.</param>
    /// <returns>A task that ends when this is remembered.</returns>
    ValueTask SetPausedAsync(string facilityId, bool isPaused, CancellationToken cancellationToken);
}
