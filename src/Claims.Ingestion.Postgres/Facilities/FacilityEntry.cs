using Claims.Ingestion.Facilities;

namespace Claims.Ingestion.Postgres.Facilities;

/// <summary>A row of the table of facilities.</summary>
/// <param name="Facility">The facility.</param>
/// <param name="ChangedAt">When the row was set or paused by <see cref="FacilityTable"/>, by the database's clock.</param>
/// <param name="Problem">Why the row is left out by this host, or <see langword="null"/> when it is not.</param>
public sealed record FacilityEntry(Facility Facility, DateTimeOffset ChangedAt, string? Problem);
