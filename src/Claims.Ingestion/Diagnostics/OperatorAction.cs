namespace Claims.Ingestion.Diagnostics;

/// <summary>What an operator asked for, and what came of it.</summary>
public sealed record OperatorAction
{
    /// <summary>Its number; later ones have higher numbers.</summary>
    public required long Id { get; init; }

    /// <summary>When it was asked for.</summary>
    public required DateTimeOffset At { get; init; }

    /// <summary>Who asked for it.</summary>
    public required string By { get; init; }

    /// <summary>What was asked for: <c>poll</c>, <c>pause</c>, <c>resume</c>, <c>backfill</c>, <c>requeue</c> or <c>refresh</c>.</summary>
    public required string Action { get; init; }

    /// <summary>The facility, the number of the file, or the view, as it was asked for.</summary>
    public required string Target { get; init; }

    /// <summary>What came of it; <see langword="null"/> while it runs, and when it was refused or failed.</summary>
    public string? Outcome { get; init; }

    /// <summary>Why it was refused or failed and what to do; <see langword="null"/> while it runs, and when it succeeded.</summary>
    public string? Error { get; init; }

    /// <summary>When it ended; <see langword="null"/> while it runs, or when its host died.</summary>
    public DateTimeOffset? EndedAt { get; init; }
}
