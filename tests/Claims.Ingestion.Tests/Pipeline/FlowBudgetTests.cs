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
}
