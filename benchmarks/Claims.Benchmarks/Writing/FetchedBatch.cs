using Claims.Ingestion.Storage;

namespace Claims.Benchmarks.Writing;

/// <summary>Files that were fetched and not yet read, and what they hold.</summary>
internal sealed record FetchedBatch(IReadOnlyList<ClaimFile> Files, int Claims, int Activities, decimal Gross);
