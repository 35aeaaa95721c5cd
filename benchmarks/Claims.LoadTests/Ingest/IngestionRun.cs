using Claims.Ingestion.Scheduling;

namespace Claims.LoadTests.Ingest;

/// <summary>What a run of the ingestion did and took.</summary>
/// <param name="Total">What was stored.</param>
/// <param name="Elapsed">The time.</param>
/// <param name="Cpu">The processor time of the ingesting process.</param>
/// <param name="Allocated">The bytes of managed memory that it allocated.</param>
internal sealed record IngestionRun(FacilityReport Total, TimeSpan Elapsed, TimeSpan Cpu, long Allocated);
