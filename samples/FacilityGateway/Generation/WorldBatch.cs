using FacilityGateway.Histories;

namespace FacilityGateway.Generation;

/// <summary>A batch as the world shows it. It holds the batch itself only as long as it is held.</summary>
internal sealed class WorldBatch
{
    private readonly Batch _batch;

    public WorldBatch(BatchSource source)
    {
        _batch = source.Get();
        Files = [.. _batch.Files.Select((plan, index) => new GeneratedFile(source, index, plan))];
    }

    public IReadOnlyList<GeneratedFile> Files { get; }

    public IEnumerable<ClaimHistory> Histories() => _batch.Histories();
}
