using Claims.Ingestion.Storage;

namespace Claims.Ingestion.Pipeline;

/// <summary>The store of the writers, with a clock: what each attempt that went through took, without the waiting before it.</summary>
internal sealed class MeasuredClaimStore(IClaimStore store, BatchSizer sizer, FlowMetrics metrics, TimeProvider time) : IClaimStore
{
    public Task<IReadOnlyDictionary<string, FileFate>> FindFatesAsync(string facilityId, IReadOnlyCollection<string> externalIds, CancellationToken cancellationToken) =>
        store.FindFatesAsync(facilityId, externalIds, cancellationToken);

    public EncodedClaims? BeginEncoding(ClaimFile file) => store.BeginEncoding(file);

    public async Task<IReadOnlyList<FileFate>> StoreAsync(IReadOnlyList<ReadFile> batch, CancellationToken cancellationToken)
    {
        long start = time.GetTimestamp();
        IReadOnlyList<FileFate> fates = await store.StoreAsync(batch, cancellationToken);
        TimeSpan elapsed = time.GetElapsedTime(start);

        // A large file is read while it is stored: its time is not the store's alone, and its size is nobody's choice. Nor is a second try without refused claims usual.
        int? claims = batch.All(file => file is LoadedFile) ? batch.Sum(file => ((LoadedFile)file).ClaimCount) : null;
        if (claims is { } count) sizer.Record(count, elapsed);
        metrics.Committed(batch.Count, claims, elapsed);
        return fates;
    }

    public Task<KeptFile?> FindKeptAsync(string facilityId, string externalId, CancellationToken cancellationToken) =>
        store.FindKeptAsync(facilityId, externalId, cancellationToken);

    public Task<FileFate> ReplayAsync(ReadFile file, IReadOnlyList<int>? leftOut, CancellationToken cancellationToken) =>
        store.ReplayAsync(file, leftOut, cancellationToken);
}
