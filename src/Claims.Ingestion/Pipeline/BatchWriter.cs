using Claims.Ingestion.Reading;
using Claims.Ingestion.Storage;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;

namespace Claims.Ingestion.Pipeline;

/// <summary>
/// Stores a batch: again while the store is away, without the claims that the store refuses, in halves when it names none, down to the refused file,
/// which goes into quarantine.
/// </summary>
/// <remarks>
/// Each further try costs the batch once more. A batch of small files has a try for each refused claim, and is small; of a large file, the store names
/// all refused claims at once. So the cost grows with the refused claims, not with their square.
/// </remarks>
internal sealed class BatchWriter(IClaimStore store, IOptions<PipelineOptions> options, TimeProvider time, ILogger<BatchWriter> logger)
{
    private static readonly TimeSpan FirstDelay = TimeSpan.FromMilliseconds(200);
    private static readonly TimeSpan LongestDelay = TimeSpan.FromSeconds(10);

    /// <returns>The fate of each file; <see langword="null"/> for one that is left for the next poll.</returns>
    public async Task<IReadOnlyList<FileFate?>> WriteAsync(IReadOnlyList<ReadFile> batch, CancellationToken cancellationToken)
    {
        try
        {
            long start = time.GetTimestamp();
            (batch, IReadOnlyList<FileFate> fates) = await StoreWithoutRefusedAsync(batch, cancellationToken);
            Report(batch, fates, time.GetElapsedTime(start));
            return fates;
        }
        catch (LeaseLostException lost)
        {
            return await WriteOthersAsync(batch, lost, cancellationToken);
        }
        catch (ClaimStoreException refused) when (!refused.IsTransient)
        {
            if (batch.Count == 1) return [await QuarantineAsync(batch[0], refused, cancellationToken)];
            logger.BatchSplit(batch.Count, refused.Message);
            int half = batch.Count / 2;
            return [.. await WriteAsync([.. batch.Take(half)], cancellationToken), .. await WriteAsync([.. batch.Skip(half)], cancellationToken)];
        }
        catch (Exception exception) when (exception is not OperationCanceledException || !cancellationToken.IsCancellationRequested)
        {
            foreach (ReadFile file in batch) logger.FileLeft(file.File.FacilityId, file.File.ExternalId, exception);
            return new FileFate?[batch.Count];
        }
    }

    /// <returns>The batch as it was stored, and the fates.</returns>
    private async Task<(IReadOnlyList<ReadFile> Batch, IReadOnlyList<FileFate> Fates)> StoreWithoutRefusedAsync(IReadOnlyList<ReadFile> batch, CancellationToken cancellationToken)
    {
        while (true)
        {
            try
            {
                return (batch, await StoreWithRetryAsync(batch, cancellationToken));
            }
            catch (ClaimRefusedException refused) when (LeaveOut(batch, refused) is { } without)
            {
                logger.ClaimsRefused(refused.Claims.Count, refused.ExternalId, refused.FacilityId, refused.Message);
                batch = without;
            }
        }
    }

    /// <returns>The batch without the refused claims, or <see langword="null"/> when that does not help.</returns>
    private static ReadFile[]? LeaveOut(IReadOnlyList<ReadFile> batch, ClaimRefusedException refused)
    {
        ReadFile[] without = [.. batch];
        int place = Array.FindIndex(without, f => f.File.FacilityId == refused.FacilityId && f.File.ExternalId == refused.ExternalId);
        if (place < 0 || PrunedFile.Without(without[place], refused.Claims) is not { } pruned) return null;
        without[place] = pruned;
        return without;
    }

    /// <summary>Leaves the files whose leases are lost to the hosts that have them now.</summary>
    private async Task<IReadOnlyList<FileFate?>> WriteOthersAsync(IReadOnlyList<ReadFile> batch, LeaseLostException lost, CancellationToken cancellationToken)
    {
        HashSet<string> facilities = new(lost.FacilityIds, StringComparer.Ordinal);
        ReadFile[] others = [.. batch.Where(f => !facilities.Contains(f.File.FacilityId))];
        logger.LeaseLost(batch.Count - others.Length, string.Join(", ", facilities));
        var fates = new Queue<FileFate?>(others.Length == 0 ? [] : await WriteAsync(others, cancellationToken));
        return [.. batch.Select(f => facilities.Contains(f.File.FacilityId) ? null : fates.Dequeue())];
    }

    private async Task<FileFate?> QuarantineAsync(ReadFile file, ClaimStoreException refused, CancellationToken cancellationToken)
    {
        var outcome = new ReadOutcome
        {
            Status = FileStatus.Quarantined,
            Reason = $"the store refused it: {refused.Message}",
            Kind = file.Outcome?.Kind,
        };
        try
        {
            IReadOnlyList<ReadFile> quarantined = [new LoadedFile(file.File, outcome, null)];
            IReadOnlyList<FileFate> fates = await StoreWithRetryAsync(quarantined, cancellationToken);
            Report(quarantined, fates, TimeSpan.Zero);
            return fates[0];
        }
        catch (Exception exception) when (exception is not OperationCanceledException || !cancellationToken.IsCancellationRequested)
        {
            logger.FileLeft(file.File.FacilityId, file.File.ExternalId, exception);
            return null;
        }
    }

    private async Task<IReadOnlyList<FileFate>> StoreWithRetryAsync(IReadOnlyList<ReadFile> batch, CancellationToken cancellationToken)
    {
        long start = time.GetTimestamp();
        TimeSpan delay = FirstDelay;
        for (int attempt = 1; ; attempt++)
        {
            try
            {
                return await store.StoreAsync(batch, cancellationToken);
            }
            catch (ClaimStoreException exception) when (exception.IsTransient && time.GetElapsedTime(start) + delay <= options.Value.RetryFor)
            {
                logger.BatchRetried(batch.Count, attempt, delay, exception.Message);
            }

            await Task.Delay(delay, time, cancellationToken);
            delay = delay * 2 < LongestDelay ? delay * 2 : LongestDelay;
        }
    }

    private void Report(IReadOnlyList<ReadFile> batch, IReadOnlyList<FileFate> fates, TimeSpan elapsed)
    {
        for (int i = 0; i < batch.Count; i++)
        {
            (string facility, string file) = (batch[i].File.FacilityId, batch[i].File.ExternalId);
            if (fates[i].Status == FileStatus.Quarantined) logger.FileQuarantined(facility, file, fates[i].Reason);
            else if (fates[i].Status == FileStatus.Skipped) logger.FileSkipped(facility, file, fates[i].Reason);
            else if (fates[i].Counts.LeftOut > 0) logger.ClaimsLeftOut(facility, file, fates[i].Counts.LeftOut);
        }

        if (fates.Any(f => f.Status == FileStatus.Stored))
            logger.BatchStored(batch.Count, fates.Sum(f => f.Counts.Claims), fates.Sum(f => f.Counts.RemittanceClaims), elapsed.TotalMilliseconds);
    }
}
