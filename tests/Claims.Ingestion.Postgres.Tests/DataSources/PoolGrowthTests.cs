using Claims.Ingestion.Postgres.DataSources;
using Microsoft.Extensions.Time.Testing;

namespace Claims.Ingestion.Postgres.Tests.DataSources;

public sealed class PoolGrowthTests
{
    private readonly FakeTimeProvider _time = new();

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Enter_BeyondTheStart_WaitsForOneThatComesBack()
    {
        var growth = new PoolGrowth(2, 10, _time);
        await growth.EnterAsync(Token);
        await growth.EnterAsync(Token);

        Task third = growth.EnterAsync(Token).AsTask();
        Assert.False(third.IsCompleted);
        growth.Leave();

        await third;
    }

    [Fact]
    public async Task Enter_NothingComesBack_GrowsStepByStepUpToTheMost()
    {
        var growth = new PoolGrowth(2, 4, _time);
        Task[] entered = [.. Enumerable.Range(0, 8).Select(_ => growth.EnterAsync(Token).AsTask())];
        Assert.Equal(2, Entered(entered));

        _time.Advance(PoolGrowth.Interval);
        await entered[2];
        Assert.Equal(3, Entered(entered));

        // From the most on it is the pool that makes people wait, and says who holds its connections.
        _time.Advance(PoolGrowth.Interval);
        await Task.WhenAll(entered);
        await growth.EnterAsync(Token);
    }

    [Fact]
    public async Task Enter_LargePool_HasGrownInTwoSeconds()
    {
        var growth = new PoolGrowth(4, 1000, _time);
        Task[] entered = [.. Enumerable.Range(0, 1000).Select(_ => growth.EnterAsync(Token).AsTask())];

        for (TimeSpan passed = TimeSpan.Zero; passed < TimeSpan.FromSeconds(2); passed += PoolGrowth.Interval) _time.Advance(PoolGrowth.Interval);

        await Task.WhenAll(entered);
    }

    [Fact]
    public async Task Enter_Cancelled_TakesNobodysTurn()
    {
        var growth = new PoolGrowth(1, 10, _time);
        using var gone = new CancellationTokenSource();
        await growth.EnterAsync(Token);
        Task first = growth.EnterAsync(gone.Token).AsTask(), second = growth.EnterAsync(Token).AsTask();

        await gone.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => first);
        growth.Leave();

        await second;
        growth.Leave();
        await growth.EnterAsync(Token);
    }

    [Fact]
    public async Task Enter_LongAfterTheRush_HasToGrowAgain()
    {
        var growth = new PoolGrowth(1, 10, _time);
        Task[] rush = [growth.EnterAsync(Token).AsTask(), growth.EnterAsync(Token).AsTask(), growth.EnterAsync(Token).AsTask()];
        _time.Advance(PoolGrowth.Interval);
        _time.Advance(PoolGrowth.Interval);
        await Task.WhenAll(rush);
        for (int i = 0; i < 3; i++) growth.Leave();

        // What was needed in the last minute or two stays.
        for (int i = 0; i < 3; i++) await growth.EnterAsync(Token);
        for (int i = 0; i < 3; i++) growth.Leave();
        for (int minute = 0; minute < 2; minute++)
        {
            _time.Advance(TimeSpan.FromMinutes(1));
            await growth.EnterAsync(Token);
            growth.Leave();
        }

        await growth.EnterAsync(Token);
        Task second = growth.EnterAsync(Token).AsTask();
        Assert.False(second.IsCompleted);
        growth.Leave();
        await second;
    }

    private static int Entered(Task[] tasks) => tasks.Count(task => task.IsCompletedSuccessfully);
}
