using Claims.Ingestion.Postgres.DataSources;
using Microsoft.Extensions.Time.Testing;

namespace Claims.Ingestion.Postgres.Tests.DataSources;

public sealed class PoolGrowthTests
{
    private readonly FakeTimeProvider _time = new();
    private readonly SemaphoreSlim _asked = new(0);
    private readonly List<TaskCompletionSource> _openings = [];

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Enter_BeyondTheStart_WaitsForOneThatComesBack()
    {
        PoolGrowth growth = Create(2, 10);
        await growth.EnterAsync(Token);
        await growth.EnterAsync(Token);

        Task third = growth.EnterAsync(Token).AsTask();
        Assert.False(third.IsCompleted);
        growth.Leave();

        await third;
        Assert.Empty(_openings);
    }

    [Fact]
    public async Task Enter_NothingComesBack_HasOneOpenedAtATimeUpToTheMost()
    {
        PoolGrowth growth = Create(2, 4);
        Task[] entered = [.. Enumerable.Range(0, 8).Select(_ => growth.EnterAsync(Token).AsTask())];
        Assert.Equal(2, Entered(entered));

        TaskCompletionSource third = await NextOpeningAsync();
        _time.Advance(PoolGrowth.Patience);
        Assert.Equal(2, Entered(entered));
        Assert.Single(_openings);
        third.SetResult();
        await entered[2];
        Assert.Equal(3, Entered(entered));

        // From the most on it is the pool that makes people wait, and says who holds its connections.
        (await NextOpeningAsync()).SetResult();
        await Task.WhenAll(entered);
        await growth.EnterAsync(Token);
    }

    [Fact]
    public async Task Enter_ServerRefusesMore_TriesForItself()
    {
        PoolGrowth growth = Create(1, 10);
        await growth.EnterAsync(Token);
        Task[] waiting = [growth.EnterAsync(Token).AsTask(), growth.EnterAsync(Token).AsTask()];

        (await NextOpeningAsync()).SetException(new InvalidOperationException("no more"));

        await Task.WhenAll(waiting);
    }

    [Fact]
    public async Task Enter_LargePoolAndAServerThatHangs_HasGrownInTwoSeconds()
    {
        PoolGrowth growth = Create(4, 1000);
        Task[] entered = [.. Enumerable.Range(0, 1000).Select(_ => growth.EnterAsync(Token).AsTask())];
        await NextOpeningAsync();

        for (TimeSpan passed = PoolGrowth.Patience; passed < TimeSpan.FromSeconds(2); passed += PoolGrowth.Patience) _time.Advance(PoolGrowth.Patience);

        await Task.WhenAll(entered);
        Assert.Single(_openings);
    }

    [Fact]
    public async Task Enter_OpeningsOverlapButEnd_IsNoSlowServer()
    {
        PoolGrowth growth = Create(1, 10);
        await growth.EnterAsync(Token);
        growth.BeginOpening();
        Task second = growth.EnterAsync(Token).AsTask();
        for (TimeSpan passed = TimeSpan.Zero; passed < 2 * PoolGrowth.SlowOpening; passed += PoolGrowth.SlowOpening / 2)
        {
            _time.Advance(PoolGrowth.SlowOpening / 2);
            growth.BeginOpening();
            growth.EndOpening();
        }

        Assert.False(second.IsCompleted);
        _time.Advance(PoolGrowth.SlowOpening);

        await second;
    }

    [Fact]
    public async Task Enter_Cancelled_TakesNobodysTurn()
    {
        PoolGrowth growth = Create(1, 10);
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
    public async Task Enter_PoolHasClosedWhatWasIdle_LetsOneOpenItsOwnAndTheOthersWait()
    {
        PoolGrowth growth = Create(1, 10);
        Task[] rush = [growth.EnterAsync(Token).AsTask(), growth.EnterAsync(Token).AsTask(), growth.EnterAsync(Token).AsTask()];
        (await NextOpeningAsync()).SetResult();
        await rush[1];
        (await NextOpeningAsync()).SetResult();
        await rush[2];
        for (int i = 0; i < 3; i++) growth.Leave();

        await growth.EnterAsync(Token);
        await growth.EnterAsync(Token);
        growth.BeginOpening();
        Task third = growth.EnterAsync(Token).AsTask();

        // One is being opened already.
        _time.Advance(PoolGrowth.Patience);
        Assert.False(third.IsCompleted);
        Assert.Equal(2, _openings.Count);
        growth.EndOpening();
        growth.Leave();
        await third;
    }

    private static int Entered(Task[] tasks) => tasks.Count(task => task.IsCompletedSuccessfully);

    private PoolGrowth Create(int small, int most) => new(small, most, OpenAsync, _time);

    private async Task<TaskCompletionSource> NextOpeningAsync()
    {
        _time.Advance(PoolGrowth.Patience);
        await _asked.WaitAsync(Token);
        return _openings[^1];
    }

    private Task OpenAsync()
    {
        _openings.Add(new TaskCompletionSource());
        _asked.Release();
        return _openings[^1].Task;
    }
}
