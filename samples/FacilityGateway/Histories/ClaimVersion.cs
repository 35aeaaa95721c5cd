namespace FacilityGateway.Histories;

/// <summary>A <c>Claim</c> element of a submission: what the reports depend on. The rest is drawn from <see cref="Seed"/> when it is written.</summary>
public sealed class ClaimVersion
{
    public required string ProviderId { get; init; }

    public required string ClaimId { get; init; }

    public required string PayerId { get; init; }

    public required decimal Net { get; init; }

    /// <summary>The encounter's facility; <see langword="null"/> together with <see cref="EncounterStart"/> for a claim without encounter.</summary>
    public string? FacilityId { get; init; }

    /// <summary>Local time, UTC+4.</summary>
    public DateTime? EncounterStart { get; init; }

    /// <summary>correction, internal complaint, legacy, reconciliation; <see langword="null"/> without a Resubmission block.</summary>
    public string? Resubmission { get; init; }

    public required IReadOnlyList<SubmittedLine> Lines { get; init; }

    /// <summary>The day of the service, also for a claim without encounter.</summary>
    public DateTime ServiceDate { get; init; }

    /// <summary>The same for all versions of a claim and all answers to it, so that its patient and its codes stay the same.</summary>
    public ulong Seed { get; init; }

    /// <summary>From 0.</summary>
    public int Number { get; init; }
}

/// <summary>An <c>Activity</c> of a submission.</summary>
public sealed record SubmittedLine(string Id, decimal Net);
