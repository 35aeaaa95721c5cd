using Claims.Ingestion.Storage;

namespace Claims.Benchmarks.Writing;

/// <summary>Files to store in one transaction, and what they hold.</summary>
internal sealed record Batch(IReadOnlyList<ReadFile> Files, int Claims, int Activities, decimal Gross);
