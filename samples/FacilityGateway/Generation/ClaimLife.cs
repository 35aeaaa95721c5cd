using FacilityGateway.Histories;

namespace FacilityGateway.Generation;

/// <summary>A claim while its life is being made up: what was billed last, and what was paid so far.</summary>
internal sealed class ClaimLife
{
    public required string ProviderId { get; init; }

    public required string ClaimId { get; init; }

    public required ulong Seed { get; init; }

    public required string PayerId { get; set; }

    public required DateTime ServiceDate { get; init; }

    public string? FacilityId { get; set; }

    public required List<SubmittedLine> Lines { get; set; }

    /// <summary>Lines of versions that were replaced; the payer may still take back what it paid on them.</summary>
    public List<SubmittedLine> OldLines { get; } = [];

    public Dictionary<string, decimal> Paid { get; } = [];

    public HashSet<string> DeniedIds { get; } = [];

    public int Versions { get; set; }

    public int Answers { get; set; }

    public decimal PaidOn(string activityId) => Paid.GetValueOrDefault(activityId);

    /// <summary>The claim as it is sent now.</summary>
    public ClaimVersion Send(IReadOnlyList<SubmittedLine> lines, decimal net, string? resubmission) => new()
    {
        ProviderId = ProviderId,
        ClaimId = ClaimId,
        PayerId = PayerId,
        Net = net,
        FacilityId = FacilityId,
        EncounterStart = FacilityId is null ? null : ServiceDate,
        Resubmission = resubmission,
        Lines = lines,
        ServiceDate = ServiceDate,
        Seed = Seed,
        Number = Versions++,
    };
}
