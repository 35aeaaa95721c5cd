namespace Claims.Ingestion.Scheduling;

/// <summary>What a facility is doing, for operators.</summary>
public enum FacilityActivity
{
    /// <summary>It waits for its slot.</summary>
    Waiting,

    /// <summary>Its slot has come; it waits until fewer other facilities are polled.</summary>
    Due,

    /// <summary>It is being polled.</summary>
    Polling,
}

/// <summary>The state of a facility since this host started.</summary>
/// <param name="FacilityId">The facility.</param>
/// <param name="Name">Its name for people, if it has one.</param>
/// <param name="Activity">What it is doing now.</param>
/// <param name="NextPoll">When its next slot is; <see langword="null"/> while nothing is scheduled.</param>
/// <param name="LastPoll">When its last poll began; <see langword="null"/> before the first.</param>
/// <param name="LastDuration">How long the last poll took to list and fetch.</param>
/// <param name="LastError">Why the last poll failed; <see langword="null"/> when it did not.</param>
/// <param name="ConsecutiveFailures">How many polls in a row have failed.</param>
/// <param name="SkippedSlots">How many slots passed while the facility's poll before was still running.</param>
public sealed record FacilityState(
    string FacilityId,
    string? Name,
    FacilityActivity Activity,
    DateTimeOffset? NextPoll,
    DateTimeOffset? LastPoll,
    TimeSpan? LastDuration,
    string? LastError,
    int ConsecutiveFailures,
    int SkippedSlots);
