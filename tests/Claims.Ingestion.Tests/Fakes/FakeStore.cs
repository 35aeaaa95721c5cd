using System.Collections.Concurrent;
using Claims.Ingestion.Reading;
using Claims.Ingestion.Storage;

namespace Claims.Ingestion.Tests.Fakes;

/// <summary>The in-memory store behind a door that a test can hold shut or break.</summary>
internal sealed class FakeStore : IClaimStore
{
    public InMemoryClaimStore Inner { get; } = new();

    public Func<IReadOnlyList<ReadFile>, CancellationToken, Task> OnStore { get; set; } = (_, _) => Task.CompletedTask;

    public Func<CancellationToken, Task> OnFind { get; set; } = _ => Task.CompletedTask;

    /// <summary>How many bytes a claim takes once it is encoded; 0 when the store wants claims as they are.</summary>
    public int EncodedBytes { get; set; } = 10;

    /// <summary>The files whose claims were encoded, and not given back yet.</summary>
    public ConcurrentDictionary<EncodedClaims, string> Encoded { get; } = new();

    /// <summary>The batches that were tried, as external ids.</summary>
    public ConcurrentQueue<string[]> Tried { get; } = new();

    public async Task<IReadOnlyDictionary<string, FileFate>> FindFatesAsync(
        string facilityId, IReadOnlyCollection<string> externalIds, CancellationToken cancellationToken)
    {
        await OnFind(cancellationToken);
        return await Inner.FindFatesAsync(facilityId, externalIds, cancellationToken);
    }

    public EncodedClaims? BeginEncoding(ClaimFile file) => EncodedBytes == 0 ? null : new FakeEncoding(this, file.ExternalId);

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

    private sealed class FakeEncoding : EncodedClaims
    {
        private readonly FakeStore _store;
        private long _claims;

        public FakeEncoding(FakeStore store, string file)
        {
            _store = store;
            store.Encoded[this] = file;
        }

        public override long Length => _claims * _store.EncodedBytes;

        public override void Add(ClaimSlice slice) => _claims += slice.Submitted.Count;

        public override void Dispose() => _store.Encoded.TryRemove(this, out _);
    }
}
