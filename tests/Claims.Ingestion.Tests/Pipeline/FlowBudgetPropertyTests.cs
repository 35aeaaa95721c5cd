using Claims.Ingestion.Pipeline;
using Claims.Ingestion.Tests.Fakes;
using CsCheck;

namespace Claims.Ingestion.Tests.Pipeline;

public sealed class FlowBudgetPropertyTests
{
    private const int MaxFiles = 3;
    private const long MaxBytes = 100;

    /// <summary>Each step reserves a size (0), ends the n-th holder (1) or cancels the n-th waiter (2).</summary>
    [Fact]
    public async Task AnySequence_MatchesAQueueThatAdmitsInOrder() =>
        await Gen.Select(Gen.Int[0, 2], Gen.Int[0, 130]).Array[1, 60].SampleAsync(PlayAsync, iter: 300);

    [Fact]
    public async Task ManyAtOnce_LimitsHoldAndNothingIsLost()
    {
        var budget = new FlowBudget(MaxFiles, MaxBytes);
        int files = 0, granted = 0, cancelled = 0;
        long bytes = 0;
        var sizes = new Random(5);
        (long Size, bool IsCancelled)[] asked = [.. Enumerable.Range(0, 4000).Select(_ => ((long)sizes.Next(0, 130), sizes.Next(3) == 0))];

        await Parallel.ForEachAsync(asked, new ParallelOptions { MaxDegreeOfParallelism = 32, CancellationToken = Waiting.Token }, async (ask, _) =>
        {
            using var cancel = new CancellationTokenSource();
            Task<FlowBudget.Reservation> reserving = budget.ReserveAsync($"{ask.Size % 5}", ask.Size, cancel.Token).AsTask();
            Task cancelling = ask.IsCancelled ? Task.Run(cancel.Cancel, CancellationToken.None) : Task.CompletedTask;
            try
            {
                FlowBudget.Reservation reservation = await reserving.Soon();
                long held = Math.Min(ask.Size, MaxBytes);
                Assert.InRange(Interlocked.Increment(ref files), 1, MaxFiles);
                Assert.InRange(Interlocked.Add(ref bytes, held), 0, MaxBytes);
                await Task.Yield();
                Interlocked.Increment(ref granted);
                Interlocked.Add(ref bytes, -held);
                Interlocked.Decrement(ref files);
                reservation.Dispose();
            }
            catch (OperationCanceledException) when (cancel.IsCancellationRequested)
            {
                Interlocked.Increment(ref cancelled);
            }

            await cancelling;
        });

        Assert.Equal(asked.Length, granted + cancelled);
        Assert.InRange(cancelled, 0, asked.Count(a => a.IsCancelled));
        Assert.Equal((0, 0L), (budget.FilesInUse, budget.BytesInUse));
    }

    private static async Task PlayAsync((int Kind, int Value)[] steps)
    {
        var budget = new FlowBudget(MaxFiles, MaxBytes);
        var holders = new List<(Task<FlowBudget.Reservation> Task, long Size)>();
        var waiters = new List<(Task<FlowBudget.Reservation> Task, long Size, CancellationTokenSource Cancel)>();
        foreach ((int kind, int value) in steps)
        {
            if (kind == 0)
            {
                var cancel = new CancellationTokenSource();
                waiters.Add((budget.ReserveAsync("a", value, cancel.Token).AsTask(), Math.Min(value, MaxBytes), cancel));
            }
            else if (kind == 1 && holders.Count > 0)
            {
                var holder = holders[value % holders.Count];
                holders.Remove(holder);
                (await holder.Task.Soon()).Dispose();
            }
            else if (kind == 2 && waiters.Count > 0)
            {
                var waiter = waiters[value % waiters.Count];
                waiters.Remove(waiter);
                await waiter.Cancel.CancelAsync();
                await Assert.ThrowsAnyAsync<OperationCanceledException>(waiter.Task.Soon);
            }

            await AdmitAsync();
        }

        while (holders.Count > 0)
        {
            (await holders[0].Task.Soon()).Dispose();
            holders.RemoveAt(0);
            await AdmitAsync();
        }

        Assert.Empty(waiters);
        Assert.Equal((0, 0L), (budget.FilesInUse, budget.BytesInUse));

        async Task AdmitAsync()
        {
            while (waiters.Count > 0 && holders.Count < MaxFiles && (holders.Count == 0 || holders.Sum(h => h.Size) + waiters[0].Size <= MaxBytes))
            {
                await waiters[0].Task.Soon();
                holders.Add((waiters[0].Task, waiters[0].Size));
                waiters.RemoveAt(0);
            }

            Assert.Equal((holders.Count, holders.Sum(h => h.Size)), (budget.FilesInUse, budget.BytesInUse));
            Assert.All(waiters, waiter => Assert.False(waiter.Task.IsCompleted));
        }
    }
}
