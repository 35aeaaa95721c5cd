using Claims.Ingestion.Polling;
using Claims.Ingestion.Volumes;

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

    /// <summary>Everything is fetched; the rest of it is being stored.</summary>
    Storing,
}

/// <summary>The state of a facility: what this host does with it now, and how its last poll went, by whatever host.</summary>
public sealed record FacilityState
{
    /// <summary>The facility.</summary>
    public required string FacilityId { get; init; }

    /// <summary>Its name for people, if it has one.</summary>
    public string? Name { get; init; }

    /// <summary>What it is doing now.</summary>
    public FacilityActivity Activity { get; init; }

    /// <summary>Whether it is paused, by its settings or by hand.</summary>
    public bool IsPaused { get; init; }

    /// <summary>When its next slot is; <see langword="null"/> while nothing is scheduled.</summary>
    public DateTimeOffset? NextPoll { get; init; }

    /// <summary>When its last poll began; <see langword="null"/> before the first.</summary>
    public DateTimeOffset? LastPoll { get; init; }

    /// <summary>When the last poll began that succeeded; <see langword="null"/> when none did yet.</summary>
    public DateTimeOffset? LastSuccess { get; init; }

    /// <summary>How long the last poll took to list and fetch.</summary>
    public TimeSpan? LastDuration { get; init; }

    /// <summary>How the last poll ended; <see langword="null"/> before the first.</summary>
    public PollOutcome? LastOutcome { get; init; }

    /// <summary>What was wrong with the last poll and what to do; <see langword="null"/> when it succeeded.</summary>
    public string? LastError { get; init; }

    /// <summary>Why the source did not take the last acknowledgement; <see langword="null"/> when it did. The next poll tries again; nothing is stored twice.</summary>
    public string? AcknowledgementError { get; init; }

    /// <summary>How many polls in a row have not succeeded.</summary>
    public int ConsecutiveFailures { get; init; }

    /// <summary>How many slots passed while the facility's poll before was still running.</summary>
    public int SkippedSlots { get; init; }

    /// <summary>The state of the circuit breaker of its source after the last poll; <see langword="null"/> when there is none.</summary>
    public CircuitState? Circuit { get; init; }

    /// <summary>Files of the last 24 hours that were stored, quarantined or skipped.</summary>
    public int FilesLast24Hours { get; init; }

    /// <summary>Claims of the last 24 hours that were stored.</summary>
    public long ClaimsLast24Hours { get; init; }

    /// <summary>Whether it brings as much as usual.</summary>
    public VolumeState Volume { get; init; }

    /// <summary>Why it is <see cref="VolumeState.Silent"/> or <see cref="VolumeState.Surging"/>.</summary>
    public string? VolumeReason { get; init; }

    /// <summary>The host that polled it last.</summary>
    public string? Host { get; init; }
}
