using Claims.Ingestion.Dashboard.Live;
using Microsoft.Extensions.Time.Testing;

namespace Claims.Ingestion.Dashboard.Tests.Live;

public sealed class SharedReadingTests
{
    private static readonly TimeSpan _every = TimeSpan.FromSeconds(2);
    private static readonly TimeSpan _limit = TimeSpan.FromSeconds(20);

    private readonly FakeTimeProvider _time = new();
    private readonly SemaphoreSlim _told = new(0);
    private int _reads;

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Watch_ByTwo_ReadsOnceForBoth_AndNotMoreOftenThanItMay()
    {
        var reading = Reading(() => Task.FromResult("x"));
        using var second = new SemaphoreSlim(0);
        using IDisposable one = reading.Watch(() => _told.Release());
        using IDisposable two = reading.Watch(() => second.Release());

        await ToldAsync();
        Assert.True(await second.WaitAsync(_limit, Token));
        Assert.Equal(1, _reads);

        await AdvanceUntilToldAsync();
        Assert.Equal(("x", 2), (reading.Latest.Value, _reads));
    }

    [Fact]
    public async Task Dispose_OfTheLastViewer_EndsTheReading()
    {
        var reading = Reading(() => Task.FromResult("x"));
        IDisposable viewer = reading.Watch(() => _told.Release());
        await ToldAsync();

        viewer.Dispose();
        viewer.Dispose();
        _time.Advance(10 * _every);

        Assert.False(reading.IsWatched);
        Assert.Equal(1, _reads);
    }

    [Fact]
    public async Task Watch_SoonAfterTheLastViewerLeft_WaitsForItsTime()
    {
        var reading = Reading(() => Task.FromResult("x"));
        IDisposable first = reading.Watch(() => _told.Release());
        await ToldAsync();
        first.Dispose();

        using IDisposable second = reading.Watch(() => _told.Release());

        Assert.False(await _told.WaitAsync(TimeSpan.FromMilliseconds(50), Token));
        Assert.Equal(("x", 1), (reading.Latest.Value, _reads));
        await AdvanceUntilToldAsync();
        Assert.Equal(2, _reads);
    }

    [Fact]
    public async Task Watch_AfterTheLastViewerLeftDuringAReading_IsToldWhatItGives()
    {
        var asked = new TaskCompletionSource();
        var answer = new TaskCompletionSource<string>();
        var reading = Reading(() =>
        {
            asked.SetResult();
            return answer.Task;
        });
        IDisposable first = reading.Watch(static () => { });
        await asked.Task.WaitAsync(_limit, Token);
        first.Dispose();

        using IDisposable second = reading.Watch(() => _told.Release());
        answer.SetResult("x");

        await ToldAsync();
        Assert.Equal(("x", 1), (reading.Latest.Value, _reads));
    }

    [Fact]
    public async Task Read_ThatFails_KeepsWhatWasReadBefore_AndSaysWhy()
    {
        bool fails = false;
        var reading = Reading(() => fails ? throw new InvalidOperationException("away") : Task.FromResult("x"));
        await reading.ReadAsync();
        DateTimeOffset at = _time.GetUtcNow();
        fails = true;
        _time.Advance(_every);

        await reading.ReadAsync();

        Assert.Equal(new Reading<string>("x", at, "away"), reading.Latest);
    }

    [Fact]
    public async Task Read_ThatTakesTooLong_IsGivenUp()
    {
        var reading = Reading(() => new TaskCompletionSource<string>().Task);
        Task read = reading.ReadAsync();

        _time.Advance(SharedReading<string>.Limit);
        await read.WaitAsync(_limit, Token);

        Assert.Equal("No answer within 10 s.", reading.Latest.Error);
    }

    private SharedReading<string> Reading(Func<Task<string>> read) => new(
        _ =>
        {
            Interlocked.Increment(ref _reads);
            return read();
        },
        _every, _time);

    private async Task ToldAsync() => Assert.True(await _told.WaitAsync(_limit, Token));

    /// <summary>The loop asks for its delay a moment after it has told.</summary>
    private async Task AdvanceUntilToldAsync()
    {
        int before = _reads;
        while (Volatile.Read(ref _reads) == before)
        {
            _time.Advance(_every);
            await Task.Yield();
        }

        await ToldAsync();
    }
}
