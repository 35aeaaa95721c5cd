using Claims.Ingestion.Pipeline;
using Claims.Ingestion.Tests.Fakes;

namespace Claims.Ingestion.Tests.Pipeline;

public sealed class FlowBudgetTests
{
    [Fact]
    public async Task ReserveAsync_CountIsUsedUp_WaitsForARelease()
    {
        var budget = new FlowBudget(2, 100);
        FlowBudget.Reservation first = await budget.ReserveAsync("a", 1, Waiting.Token);
        await budget.ReserveAsync("a", 1, Waiting.Token);
        Task<FlowBudget.Reservation> third = budget.ReserveAsync("a", 1, Waiting.Token).AsTask();
        Assert.False(third.IsCompleted);

        first.Dispose();

        await third.Soon();
        Assert.Equal((2, 2L), (budget.FilesInUse, budget.BytesInUse));
    }

    [Fact]
    public async Task ReserveAsync_BytesToTheLimit_AreGrantedAndNotOneMore()
    {
        var budget = new FlowBudget(10, 100);
        await budget.ReserveAsync("a", 60, Waiting.Token);
        FlowBudget.Reservation second = await budget.ReserveAsync("a", 40, Waiting.Token);
        Task<FlowBudget.Reservation> third = budget.ReserveAsync("a", 1, Waiting.Token).AsTask();
        Assert.False(third.IsCompleted);

        second.Dispose();

        await third.Soon();
        Assert.Equal(61, budget.BytesInUse);
    }

    [Fact]
    public async Task ReserveAsync_SmallBehindLarge_DoesNotOvertake()
    {
        var budget = new FlowBudget(10, 100);
        FlowBudget.Reservation holder = await budget.ReserveAsync("a", 60, Waiting.Token);
        Task<FlowBudget.Reservation> large = budget.ReserveAsync("a", 50, Waiting.Token).AsTask();
        Task<FlowBudget.Reservation> small = budget.ReserveAsync("a", 1, Waiting.Token).AsTask();
        Assert.False(large.IsCompleted || small.IsCompleted);
        Assert.Equal(1, budget.FilesInUse);

        holder.Dispose();

        await large.Soon();
        await small.Soon();
        Assert.Equal((2, 51L), (budget.FilesInUse, budget.BytesInUse));
    }

    [Fact]
    public async Task ReserveAsync_LargerThanTheBudget_PassesAlone()
    {
        var budget = new FlowBudget(10, 100);
        FlowBudget.Reservation small = await budget.ReserveAsync("a", 1, Waiting.Token);
        Task<FlowBudget.Reservation> huge = budget.ReserveAsync("a", long.MaxValue, Waiting.Token).AsTask();
        Assert.False(huge.IsCompleted);

        small.Dispose();
        FlowBudget.Reservation passing = await huge.Soon();
        Task<FlowBudget.Reservation> next = budget.ReserveAsync("a", 1, Waiting.Token).AsTask();
        Assert.False(next.IsCompleted);

        passing.Dispose();
        (await next.Soon()).Dispose();
        Assert.Equal((0, 0L), (budget.FilesInUse, budget.BytesInUse));
    }

    [Fact]
    public async Task ReserveAsync_NegativeSize_CountsAsEmpty()
    {
        var budget = new FlowBudget(1, 100);

        using FlowBudget.Reservation reservation = await budget.ReserveAsync("a", -5, Waiting.Token);

        Assert.Equal((1, 0L), (budget.FilesInUse, budget.BytesInUse));
    }

    [Fact]
    public async Task ReserveAsync_WaiterCancelled_FreesTheQueueBehindIt()
    {
        var budget = new FlowBudget(10, 100);
        using FlowBudget.Reservation holder = await budget.ReserveAsync("a", 60, Waiting.Token);
        using var cancel = new CancellationTokenSource();
        Task<FlowBudget.Reservation> large = budget.ReserveAsync("a", 50, cancel.Token).AsTask();
        Task<FlowBudget.Reservation> small = budget.ReserveAsync("a", 30, Waiting.Token).AsTask();

        await cancel.CancelAsync();

        var exception = await Assert.ThrowsAnyAsync<OperationCanceledException>(large.Soon);
        Assert.Equal(cancel.Token, exception.CancellationToken);
        await small.Soon();
        Assert.Equal((2, 90L), (budget.FilesInUse, budget.BytesInUse));
    }

    [Fact]
    public async Task ReserveAsync_TokenCancelledBefore_HoldsNothing()
    {
        var budget = new FlowBudget(1, 100);
        FlowBudget.Reservation holder = await budget.ReserveAsync("a", 1, Waiting.Token);

        await Assert.ThrowsAnyAsync<OperationCanceledException>(budget.ReserveAsync("a", 1, new CancellationToken(true)).AsTask().Soon);

        holder.Dispose();
        Assert.Equal((0, 0L), (budget.FilesInUse, budget.BytesInUse));
    }

    [Fact]
    public async Task Resize_ToLess_AdmitsWhoWaits()
    {
        var budget = new FlowBudget(10, 100);
        FlowBudget.Reservation holder = await budget.ReserveAsync("a", 100, Waiting.Token);
        Task<FlowBudget.Reservation> waiter = budget.ReserveAsync("a", 50, Waiting.Token).AsTask();

        holder.Resize(50);

        await waiter.Soon();
        Assert.Equal((2, 100L), (budget.FilesInUse, budget.BytesInUse));
    }

    [Fact]
    public async Task Resize_ToMoreThanTheBudget_NeverWaitsAndIsGivenBackWhole()
    {
        var budget = new FlowBudget(10, 100);
        FlowBudget.Reservation holder = await budget.ReserveAsync("a", 1, Waiting.Token);

        holder.Resize(500);
        Task<FlowBudget.Reservation> waiter = budget.ReserveAsync("a", 1, Waiting.Token).AsTask();
        Assert.False(waiter.IsCompleted);
        Assert.Equal(500, budget.BytesInUse);
        holder.Dispose();

        (await waiter.Soon()).Dispose();
        Assert.Equal((0, 0L), (budget.FilesInUse, budget.BytesInUse));
    }

    [Fact]
    public async Task Dispose_Twice_GivesBackOnce()
    {
        var budget = new FlowBudget(10, 100);
        FlowBudget.Reservation first = await budget.ReserveAsync("a", 10, Waiting.Token);
        using FlowBudget.Reservation second = await budget.ReserveAsync("a", 20, Waiting.Token);

        first.Dispose();
        first.Dispose();
        first.Resize(70);

        Assert.Equal((1, 20L), (budget.FilesInUse, budget.BytesInUse));
    }

    [Fact]
    public async Task ReserveAsync_FacilitiesWait_ShareByClaims()
    {
        var budget = new FlowBudget(1, Claims(1000));
        FlowBudget.Reservation holder = await budget.ReserveAsync("a", 1, Waiting.Token);
        var order = new List<string>();
        Task[] waiting =
        [
            TakeAsync("a", Claims(3)), TakeAsync("a", Claims(3)), TakeAsync("b", Claims(1)), TakeAsync("b", Claims(1)), TakeAsync("b", Claims(1)), TakeAsync("b", Claims(1)),
        ];

        Assert.Equal(6, budget.Waiting);
        holder.Dispose();

        await Task.WhenAll(waiting).Soon();
        Assert.Equal("abbbab", string.Concat(order));
        Assert.Equal(0, budget.Waiting);

        async Task TakeAsync(string facility, long bytes)
        {
            using FlowBudget.Reservation reservation = await budget.ReserveAsync(facility, bytes, Waiting.Token);
            order.Add(facility);
        }
    }

    [Fact]
    public async Task ReserveAsync_TurnHasComeButItDoesNotFit_NobodyOvertakes()
    {
        var budget = new FlowBudget(10, Claims(100));
        FlowBudget.Reservation first = await budget.ReserveAsync("a", Claims(50), Waiting.Token);
        FlowBudget.Reservation second = await budget.ReserveAsync("a", Claims(50), Waiting.Token);
        Task<FlowBudget.Reservation> earlier = budget.ReserveAsync("b", Claims(10), Waiting.Token).AsTask();
        Task<FlowBudget.Reservation> large = budget.ReserveAsync("b", Claims(90), Waiting.Token).AsTask();
        first.Dispose();
        await earlier.Soon();

        Task<FlowBudget.Reservation> small = budget.ReserveAsync("c", Claims(1), Waiting.Token).AsTask();
        Assert.False(large.IsCompleted || small.IsCompleted);
        second.Dispose();

        await large.Soon();
        Assert.False(small.IsCompleted);
        (await earlier).Dispose();
        await small.Soon();
    }

    [Fact]
    public async Task ReserveAsync_CancelledWhenItsTurnHasCome_IsNotCharged()
    {
        var budget = new FlowBudget(2, Claims(100));
        FlowBudget.Reservation holder = await budget.ReserveAsync("b", Claims(60), Waiting.Token);
        using var cancel = new CancellationTokenSource();
        Task<FlowBudget.Reservation> large = budget.ReserveAsync("a", Claims(90), cancel.Token).AsTask();
        Task<FlowBudget.Reservation> second = budget.ReserveAsync("b", Claims(1), Waiting.Token).AsTask();
        Task<FlowBudget.Reservation> third = budget.ReserveAsync("b", Claims(1), Waiting.Token).AsTask();
        await cancel.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(large.Soon);
        await second.Soon();

        Task<FlowBudget.Reservation> again = budget.ReserveAsync("a", Claims(1), Waiting.Token).AsTask();
        holder.Dispose();

        await again.Soon();
        Assert.False(third.IsCompleted);
    }

    [Fact]
    public async Task Resize_FileThatHadToWaitIsLarger_IsChargedToItsFacility()
    {
        var budget = new FlowBudget(1, Claims(1000));
        FlowBudget.Reservation holder = await budget.ReserveAsync("b", 1, Waiting.Token);
        Task<FlowBudget.Reservation> larger = budget.ReserveAsync("a", 1, Waiting.Token).AsTask();
        Task<FlowBudget.Reservation>[] others = [.. Enumerable.Range(0, 3).Select(_ => budget.ReserveAsync("b", 1, Waiting.Token).AsTask())];
        holder.Dispose();
        FlowBudget.Reservation passing = await larger.Soon();

        passing.Resize(Claims(50));
        Task<FlowBudget.Reservation> next = budget.ReserveAsync("a", 1, Waiting.Token).AsTask();
        passing.Dispose();

        foreach (Task<FlowBudget.Reservation> other in others)
        {
            FlowBudget.Reservation reservation = await other.Soon();
            Assert.False(next.IsCompleted);
            reservation.Dispose();
        }

        await next.Soon();
    }

    [Fact]
    public async Task WaitForTurnAsync_RoomAndNobodyWaits_ReturnsAtOnceAndTakesNothing()
    {
        var budget = new FlowBudget(1, 100);

        ValueTask turn = budget.WaitForTurnAsync("a", Waiting.Token);

        Assert.True(turn.IsCompletedSuccessfully);
        await turn;
        Assert.Equal((false, 0, 0), (budget.IsFull, budget.Waiting, budget.FilesInUse));
    }

    [Theory]
    [InlineData(1, 1)]
    [InlineData(10, 100)]
    public async Task WaitForTurnAsync_Full_WaitsUntilOneMoreFileFits(int maxFiles, long bytes)
    {
        var budget = new FlowBudget(maxFiles, 100);
        FlowBudget.Reservation holder = await budget.ReserveAsync("a", bytes, Waiting.Token);
        Task turn = budget.WaitForTurnAsync("b", Waiting.Token).AsTask();
        Assert.False(turn.IsCompleted);
        Assert.Equal((true, 1), (budget.IsFull, budget.Waiting));

        holder.Dispose();

        await turn.Soon();
        Assert.Equal((false, 0, 0, 0L), (budget.IsFull, budget.Waiting, budget.FilesInUse, budget.BytesInUse));
    }

    [Fact]
    public async Task WaitForTurnAsync_OthersWait_LeastRecentlyServedGoesFirst()
    {
        var budget = new FlowBudget(1, Claims(100));
        FlowBudget.Reservation holder = await budget.ReserveAsync("a", 1, Waiting.Token);
        Task<FlowBudget.Reservation> served = budget.ReserveAsync("a", 1, Waiting.Token).AsTask();
        Task<FlowBudget.Reservation> behind = budget.ReserveAsync("a", 1, Waiting.Token).AsTask();
        holder.Dispose();
        Task again = budget.WaitForTurnAsync("a", Waiting.Token).AsTask();
        Task other = budget.WaitForTurnAsync("b", Waiting.Token).AsTask();

        (await served.Soon()).Dispose();

        await other.Soon();
        FlowBudget.Reservation last = await behind.Soon();
        Assert.False(again.IsCompleted);
        last.Dispose();
        await again.Soon();
    }

    [Fact]
    public async Task WaitForTurnAsync_Cancelled_FreesTheQueueBehindIt()
    {
        var budget = new FlowBudget(10, 100);
        using FlowBudget.Reservation holder = await budget.ReserveAsync("a", 100, Waiting.Token);
        using var cancel = new CancellationTokenSource();
        Task turn = budget.WaitForTurnAsync("a", cancel.Token).AsTask();
        Task<FlowBudget.Reservation> empty = budget.ReserveAsync("a", 0, Waiting.Token).AsTask();
        Assert.False(empty.IsCompleted);

        await cancel.CancelAsync();

        await Assert.ThrowsAnyAsync<OperationCanceledException>(turn.Soon);
        await empty.Soon();
        Assert.Equal((0, true), (budget.Waiting, budget.IsFull));
    }

    private static long Claims(int claims) => claims * ClaimEstimate.BytesPerClaim;
}
