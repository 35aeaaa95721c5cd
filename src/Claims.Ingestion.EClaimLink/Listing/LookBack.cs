namespace Claims.Ingestion.EClaimLink.Listing;

/// <summary>The span of a facility's search.</summary>
/// <param name="From">Its start.</param>
/// <param name="To">Its end: the time of the listing.</param>
/// <param name="IsWhole">Whether it reaches as far back as any search does.</param>
internal readonly record struct LookBack(DateTimeOffset From, DateTimeOffset To, bool IsWhole);
