namespace Claims.Ingestion.Scheduling;

/// <summary>The right to poll a facility, for a while.</summary>
/// <param name="FacilityId">The facility.</param>
/// <param name="Epoch">Counts the leases of the facility. Every write of the poll carries it, so that a host that was paused beyond its lease writes nothing.</param>
/// <param name="Slot">The slot that is served.</param>
public sealed record FacilityLease(string FacilityId, long Epoch, DateTimeOffset Slot);

/// <summary>A facility that is due.</summary>
/// <param name="FacilityId">The facility.</param>
/// <param name="Slot">The slot.</param>
/// <param name="MinimumGap">Half the facility's interval: how far the slot must lie behind the one served last. A nearer one counts as served, so that a slot that moved a little is not served twice.</param>
/// <param name="IsForced">Whether it is granted though the facility is paused or the slot is served: somebody asked for it.</param>
public sealed record LeaseRequest(string FacilityId, DateTimeOffset Slot, TimeSpan MinimumGap, bool IsForced = false);

/// <summary>A granted lease.</summary>
/// <param name="Lease">The lease.</param>
/// <param name="LastPoll">The facility's last poll, by whatever host; <see langword="null"/> when there was none.</param>
public sealed record LeaseGrant(FacilityLease Lease, PollRecord? LastPoll);

/// <summary>A slot whose poll ended with its host.</summary>
/// <param name="FacilityId">The facility.</param>
/// <param name="Slot">The slot.</param>
public sealed record AbandonedSlot(string FacilityId, DateTimeOffset Slot);
