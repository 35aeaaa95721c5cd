using Claims.Ingestion.Storage;

namespace Claims.Ingestion.Pipeline;

/// <summary>The store of the writers, with a clock: what each attempt that went through took, without the waiting before it.</summary>
internal sealed class MeasuredClaimStore(IClaimStore store, BatchSizer sizer, FlowMetrics metrics, TimeProvider time) : IClaimStore
{
    public Task<IReadOnlyDictionary<string, FileFate>> FindFatesAsync(string facilityId, IReadOnlyCollection<string> externalIds, CancellationToken cancellationToken) =>
        store.FindFatesAsync(facilityId, externalIds, cancellationToken);

    public async Task<IReadOnlyList<FileFate>> StoreAsync(IReadOnlyList<ReadFile> batch, CancellationToken cancellationToken)
    {
        long start = time.GetTimestamp();
        IReadOnlyList<FileFate> fates = await store.StoreAsync(batch, cancellationToken);
        TimeSpan elapsed = time.GetElapsedTime(start);

        // A large file is read while it is stored: its time is not the store's alone, and its size is nobody's choice.
        int? claims = batch is [StreamedFile] ? null : batch.Sum(file => file is LoadedFile loaded ? loaded.ClaimCount : 0);
        if (claims is { } count) sizer.Record(count, elapsed);
        metrics.Committed(batch.Count, claims, elapsed);
        return fates;
    }
}
