using Claims.Ingestion.Storage;
using Npgsql;

namespace Claims.LoadTests.Deadlocks;

/// <summary>One of many writers that all store the same files, each in an order and in batches of its own.</summary>
internal static class Writer
{
    private const int MaxBatchFiles = 20;

    public static async Task<StoreTally> StoreAllAsync(IClaimStore store, ReadFile[] files, CancellationToken cancellationToken)
    {
        ReadFile[] order = [.. files];
        Random.Shared.Shuffle(order);
        var tally = default(StoreTally);
        for (int at = 0; at < order.Length;)
        {
            int size = Math.Min(Random.Shared.Next(1, MaxBatchFiles + 1), order.Length - at);
            try
            {
                await store.StoreAsync(order[at..(at + size)], cancellationToken);
                tally = tally.Plus(new StoreTally(1, 0, 0));
                at += size;
            }
            catch (ClaimStoreException exception) when (exception.IsTransient)
            {
                // The files are tried again, as the pipeline would.
                bool isDeadlock = exception.Message.Contains(PostgresErrorCodes.DeadlockDetected, StringComparison.Ordinal);
                tally = tally.Plus(isDeadlock ? new StoreTally(1, 1, 0) : new StoreTally(1, 0, 1));
                if (!isDeadlock) await Console.Error.WriteLineAsync(exception.Message);
            }
        }

        return tally;
    }
}
