using Claims.Ingestion.Governing;
using Claims.Ingestion.Tests.Fakes;
using Microsoft.Extensions.Time.Testing;

namespace Claims.Ingestion.Tests.Governing;

public sealed class GovernedTests
{
    private readonly FakeTimeProvider _time = new();
    private readonly Governed _governed;

    public GovernedTests() => _governed = new Governed(_time);

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Write_FullShare_NeverRests()
    {
        Task written = WriteAsync(TimeSpan.FromSeconds(5));

        await written.WaitAsync(TimeSpan.FromSeconds(30), Token);
        Assert.Equal(TimeSpan.FromSeconds(5), Elapsed);
    }

    [Theory]
    [InlineData(0.35, 1)] // half of the time
    [InlineData(0.07, 9)] // a tenth
    [InlineData(0.007, 10)] // as long as anybody rests
    public async Task Write_SmallerShare_RestsForTheUsers(double share, int seconds)
    {
        _governed.Limits = GovernorLimits.Of(share);
        Task written = WriteAsync(TimeSpan.FromSeconds(1));

        await RunOutAsync(written);

        Assert.InRange(Elapsed, TimeSpan.FromSeconds(1 + seconds), TimeSpan.FromSeconds(1.2 + seconds));
    }

    [Fact]
    public async Task Write_Rests_IsNotIdle()
    {
        Assert.True(_governed.IsIdle);
        _governed.Limits = GovernorLimits.Of(0.02);
        Task written = WriteAsync(TimeSpan.FromSeconds(1));
        await Waiting.UntilAsync(() => Elapsed >= TimeSpan.FromSeconds(1));

        Assert.False(_governed.IsIdle);

        await RunOutAsync(written);
        Assert.True(_governed.IsIdle);
    }

    [Fact]
    public void MayFillAgain_IsSaidWhenItMay()
    {
        int said = 0;
        _governed.MayFillAgain += () => said++;

        foreach (double share in new[] { 0.9, 0.5, 0.6, 0.7, 1 }) _governed.Limits = GovernorLimits.Of(share);

        Assert.Equal(1, said);
    }

    [Fact]
    public async Task Write_ShareRisesInTheRest_GoesOnSoon()
    {
        _governed.Limits = GovernorLimits.Of(0.02);
        Task written = WriteAsync(TimeSpan.FromSeconds(1));
        await Waiting.UntilAsync(() => !_governed.IsAtWork || Elapsed >= TimeSpan.FromSeconds(1));

        _governed.Limits = GovernorLimits.Of(1);

        await RunOutAsync(written);
        Assert.InRange(Elapsed, TimeSpan.FromSeconds(1), TimeSpan.FromSeconds(1.3));
    }

    [Fact]
    public async Task Write_SmallShare_LetsFewerWriteAtOnceAndMoreWhenItRises()
    {
        _governed.Limits = GovernorLimits.Of(0.1);
        var release = new TaskCompletionSource();
        int writing = 0;
        Task[] writers = [.. Enumerable.Range(0, 6).Select(_ => _governed.WriteAsync(6, async () =>
        {
            Interlocked.Increment(ref writing);
            await release.Task;
        }, Token))];

        // A third of six.
        await Waiting.UntilAsync(() => Volatile.Read(ref writing) == 2);
        _governed.Limits = GovernorLimits.Of(0.25);
        await Waiting.UntilAsync(() => Volatile.Read(ref writing) == 5);
        _governed.Limits = GovernorLimits.Of(1);
        await Waiting.UntilAsync(() => Volatile.Read(ref writing) == 6);

        release.SetResult();
        await Task.WhenAll(writers);
    }

    [Fact]
    public async Task Write_Cancelled_GivesItsPlaceBack()
    {
        _governed.Limits = GovernorLimits.Of(0.02);
        using var stop = new CancellationTokenSource();
        Task resting = _governed.WriteAsync(1, () => AdvanceAsync(TimeSpan.FromSeconds(1)), stop.Token);
        Task waiting = _governed.WriteAsync(1, () => Task.CompletedTask, stop.Token);

        await stop.CancelAsync();

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => resting);
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => waiting);
        _governed.Limits = GovernorLimits.Of(1);
        await _governed.WriteAsync(1, () => Task.CompletedTask, Token).WaitAsync(TimeSpan.FromSeconds(30), Token);
    }

    [Fact]
    public async Task IsAtWork_UntilASecondAfterTheWork()
    {
        Assert.False(_governed.IsAtWork);
        var release = new TaskCompletionSource();
        Task work = _governed.WorkAsync(() => release.Task);
        Assert.True(_governed.IsAtWork);
        release.SetResult();
        await work;

        Assert.True(_governed.IsAtWork);
        _time.Advance(TimeSpan.FromSeconds(1));
        Assert.False(_governed.IsAtWork);
    }

    private TimeSpan Elapsed => _time.GetUtcNow() - _time.Start;

    private Task WriteAsync(TimeSpan takes) => _governed.WriteAsync(2, () => AdvanceAsync(takes), Token);

    private Task AdvanceAsync(TimeSpan time)
    {
        _time.Advance(time);
        return Task.CompletedTask;
    }

    private async Task RunOutAsync(Task task)
    {
        for (int steps = 0; !task.IsCompleted && steps < 100_000; steps++)
        {
            _time.Advance(TimeSpan.FromMilliseconds(100));
            await Task.Yield();
        }

        await task.WaitAsync(TimeSpan.FromSeconds(30), Token);
    }
}
