using System.Collections.Concurrent;
using Claims.Ingestion.Storage;

namespace Claims.Ingestion.Tests.Fakes;

/// <summary>The in-memory store behind a door that a test can hold shut or break.</summary>
internal sealed class FakeStore : IClaimStore
{
    public InMemoryClaimStore Inner { get; } = new();

    public Func<IReadOnlyList<ReadFile>, CancellationToken, Task> OnStore { get; set; } = (_, _) => Task.CompletedTask;

    public Func<CancellationToken, Task> OnFind { get; set; } = _ => Task.CompletedTask;

    /// <summary>The batches that were tried, as external ids.</summary>
    public ConcurrentQueue<string[]> Tried { get; } = new();

    public async Task<IReadOnlyDictionary<string, FileFate>> FindFatesAsync(
        string facilityId, IReadOnlyCollection<string> externalIds, CancellationToken cancellationToken)
    {
        await OnFind(cancellationToken);
        return await Inner.FindFatesAsync(facilityId, externalIds, cancellationToken);
    }

    public async Task<IReadOnlyList<FileFate>> StoreAsync(IReadOnlyList<ReadFile> batch, CancellationToken cancellationToken)
    {
        Tried.Enqueue([.. batch.Select(f => f.File.ExternalId)]);
        await OnStore(batch, cancellationToken);
        return await Inner.StoreAsync(batch, cancellationToken);
    }

    public Task<KeptFile?> FindKeptAsync(string facilityId, string externalId, CancellationToken cancellationToken) =>
        Inner.FindKeptAsync(facilityId, externalId, cancellationToken);

    public async Task<FileFate> ReplayAsync(ReadFile file, IReadOnlyList<int>? leftOut, CancellationToken cancellationToken)
    {
        await OnStore([file], cancellationToken);
        return await Inner.ReplayAsync(file, leftOut, cancellationToken);
    }
}
