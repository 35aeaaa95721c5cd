using Claims.Ingestion.Storage;

namespace Claims.Ingestion.Scheduling;

/// <summary>What one poll of a facility brought.</summary>
/// <param name="FacilityId">The facility.</param>
/// <param name="Stored">Files stored.</param>
/// <param name="Quarantined">Files quarantined.</param>
/// <param name="Skipped">Files skipped.</param>
/// <param name="Unfinished">Files left for the next poll, because they could not be fetched or stored.</param>
/// <param name="Counts">What the stored files held.</param>
/// <param name="Error">Why the poll itself failed; <see langword="null"/> when it did not.</param>
public sealed record FacilityReport(string FacilityId, int Stored, int Quarantined, int Skipped, int Unfinished, FileCounts Counts, string? Error);

/// <summary>What a poll of all facilities brought.</summary>
/// <param name="Facilities">One report for each facility, in the order of their ids.</param>
public sealed record IngestionReport(IReadOnlyList<FacilityReport> Facilities)
{
    /// <summary>Whether every facility was polled and the fate of every fetched file is committed.</summary>
    public bool IsComplete => Facilities.All(f => f.Error is null && f.Unfinished == 0);

    /// <summary>The sums over all facilities.</summary>
    public FacilityReport Total => Sum("total", Facilities);

    internal static FacilityReport Sum(string id, IReadOnlyList<FacilityReport> reports) => new(
        id,
        reports.Sum(f => f.Stored),
        reports.Sum(f => f.Quarantined),
        reports.Sum(f => f.Skipped),
        reports.Sum(f => f.Unfinished),
        new FileCounts(
            reports.Sum(f => f.Counts.Claims),
            reports.Sum(f => f.Counts.Activities),
            reports.Sum(f => f.Counts.RemittanceClaims),
            reports.Sum(f => f.Counts.LeftOut)),
        null);
}
