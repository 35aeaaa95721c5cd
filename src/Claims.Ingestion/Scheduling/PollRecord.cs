using Claims.Ingestion.Polling;

namespace Claims.Ingestion.Scheduling;

/// <summary>What is remembered of a facility's last poll, across restarts and hosts.</summary>
public sealed record PollRecord
{
    /// <summary>The facility.</summary>
    public required string FacilityId { get; init; }

    /// <summary>The slot that was served last; <see langword="null"/> before the first.</summary>
    public DateTimeOffset? Slot { get; init; }

    /// <summary>When the poll began, by the clock of its host.</summary>
    public DateTimeOffset? StartedAt { get; init; }

    /// <summary>When the last poll began that succeeded, this one or one before; <see langword="null"/> when none did yet.</summary>
    public DateTimeOffset? LastSuccess { get; init; }

    /// <summary>How long it took to list and fetch.</summary>
    public TimeSpan? Duration { get; init; }

    /// <summary>How it ended.</summary>
    public PollOutcome? Outcome { get; init; }

    /// <summary>What was wrong and what to do; <see langword="null"/> when it succeeded.</summary>
    public string? Error { get; init; }

    /// <summary>How many polls in a row have not succeeded.</summary>
    public int ConsecutiveFailures { get; init; }

    /// <summary>How many slots passed while a poll before was still running, in all.</summary>
    public int SkippedSlots { get; init; }

    /// <summary>The state of the circuit breaker of the facility's source; <see langword="null"/> when it has none.</summary>
    public CircuitState? Circuit { get; init; }

    /// <summary>When the facility is due next, as far as the host knew.</summary>
    public DateTimeOffset? NextSlot { get; init; }

    /// <summary>Files of this poll that were stored, quarantined or skipped.</summary>
    public int Files { get; init; }

    /// <summary>Claims of this poll that were stored.</summary>
    public long Claims { get; init; }

    /// <summary>Files of the last 24 hours. The store keeps count.</summary>
    public int FilesLast24Hours { get; init; }

    /// <summary>Claims of the last 24 hours. The store keeps count.</summary>
    public long ClaimsLast24Hours { get; init; }

    /// <summary>What the facility's usual volume is, in a form of the library's own; it is kept and given back as it is.</summary>
    public ReadOnlyMemory<byte> VolumeProfile { get; init; }

    /// <summary>Whether the facility was paused by hand.</summary>
    public bool IsPaused { get; init; }

    /// <summary>The host that polled.</summary>
    public string? Host { get; init; }
}
