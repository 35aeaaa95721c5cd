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

    /// <summary>Each step lets a facility reserve (0) or wait for its turn (1), ends the n-th holder (2) or cancels the n-th waiter (3).</summary>
    [Fact]
    public async Task AnySequenceOfFacilities_LimitsHoldAndNobodyStarves() =>
        await Gen.Select(Gen.Int[0, 3], Gen.Int[0, 3], Gen.Int[0, 130]).Array[1, 60].SampleAsync(PlayFacilitiesAsync, iter: 300);

    [Fact]
    public async Task BusyFacilities_ShareByClaims() =>
        await Gen.Select(Gen.Int[2, 4], Gen.Int[1, 130].Array[20, 60]).SampleAsync(PlayBusyAsync, iter: 100);

    private static async Task PlayFacilitiesAsync((int Kind, int Facility, int Claims)[] steps)
    {
        var budget = new FlowBudget(MaxFiles, MaxBytes * ClaimEstimate.BytesPerClaim);
        var holders = new List<FlowBudget.Reservation>();
        var waiters = new List<(Task<FlowBudget.Reservation?> Task, int Facility, long Size, CancellationTokenSource Cancel)>();
        foreach ((int kind, int facility, int claims) in steps)
        {
            if (kind <= 1)
            {
                var cancel = new CancellationTokenSource();
                waiters.Add((kind == 0 ? ReserveAsync(facility, claims, cancel.Token) : WaitForTurnAsync(facility, cancel.Token), facility, kind == 0 ? Math.Min(claims, MaxBytes) : 0, cancel));
            }
            else if (kind == 2 && holders.Count > 0)
            {
                EndHolder(claims % holders.Count);
            }
            else if (kind == 3 && waiters.Count > 0)
            {
                var waiter = waiters[claims % waiters.Count];
                waiters.Remove(waiter);
                await waiter.Cancel.CancelAsync();
                await Assert.ThrowsAnyAsync<OperationCanceledException>(waiter.Task.Soon);
            }

            await AdmitAsync();
        }

        while (holders.Count > 0)
        {
            EndHolder(0);
            await AdmitAsync();
        }

        Assert.Empty(waiters);
        Assert.Equal((0, 0L, 0, false), (budget.FilesInUse, budget.BytesInUse, budget.Waiting, budget.IsFull));

        async Task<FlowBudget.Reservation?> ReserveAsync(int facility, int claims, CancellationToken cancellationToken) =>
            await budget.ReserveAsync($"{facility}", claims * ClaimEstimate.BytesPerClaim, cancellationToken);

        async Task<FlowBudget.Reservation?> WaitForTurnAsync(int facility, CancellationToken cancellationToken)
        {
            await budget.WaitForTurnAsync($"{facility}", cancellationToken);
            return null;
        }

        void EndHolder(int index)
        {
            holders[index].Dispose();
            holders.RemoveAt(index);
        }

        // Whoever was admitted is told so on another thread; the budget says how many there are.
        async Task AdmitAsync()
        {
            while (waiters.Count > budget.Waiting)
            {
                await Task.WhenAny(waiters.Select(waiter => waiter.Task)).Soon();
                var admitted = waiters.First(waiter => waiter.Task.IsCompleted);
                waiters.Remove(admitted);
                if (await admitted.Task is { } reservation) holders.Add(reservation);
            }

            Assert.Equal(holders.Count, budget.FilesInUse);
            Assert.InRange(budget.FilesInUse, 0, MaxFiles);
            Assert.InRange(budget.BytesInUse, 0, MaxBytes * ClaimEstimate.BytesPerClaim);
            long room = MaxBytes - (budget.BytesInUse / ClaimEstimate.BytesPerClaim);
            bool oneMustWait = holders.Count == MaxFiles || room == 0 || waiters.Any(waiter => waiter.Size > room);
            Assert.True(waiters.Count == 0 || (holders.Count > 0 && oneMustWait));
        }
    }

    private static async Task PlayBusyAsync(int facilities, int[] claims)
    {
        var budget = new FlowBudget(1, MaxBytes * ClaimEstimate.BytesPerClaim);
        FlowBudget.Reservation holder = await budget.ReserveAsync("0", 1, Waiting.Token);
        var shares = new FairQueuePropertyTests.Shares(facilities);
        var waiters = new List<(Task<FlowBudget.Reservation> Task, int Facility, int Cost)>();
        int next = 0;
        for (int facility = 0; facility < 2 * facilities; facility++) Add(facility / 2);
        for (int i = 0; i < claims.Length; i++)
        {
            holder.Dispose();
            holder = await (await Task.WhenAny(waiters.Select(waiter => waiter.Task)).Soon());
            var served = Assert.Single(waiters, waiter => waiter.Task.IsCompleted);
            waiters.Remove(served);
            shares.Serve(served.Facility, served.Cost);
            Add(served.Facility);
        }

        shares.AssertFair();

        void Add(int facility)
        {
            int cost = Math.Max(1, claims[next++ % claims.Length] >> (2 * facility));
            shares.Offer(facility, cost);
            waiters.Add((budget.ReserveAsync($"{facility}", cost * ClaimEstimate.BytesPerClaim, Waiting.Token).AsTask(), facility, cost));
        }
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
