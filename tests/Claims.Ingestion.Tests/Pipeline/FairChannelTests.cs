using System.Threading.Channels;
using Claims.Ingestion.Pipeline;
using Claims.Ingestion.Tests.Fakes;

namespace Claims.Ingestion.Tests.Pipeline;

public sealed class FairChannelTests
{
    private readonly FairChannel<string> _channel = new(capacity: 2, maxLarge: 1, () => 10);

    [Fact]
    public async Task WriteAsync_Full_WaitsForRoomInOrder()
    {
        await WriteAsync("a1");
        await WriteAsync("a2");
        Task third = WriteAsync("a3");
        Task fourth = WriteAsync("a4");
        Assert.False(third.IsCompleted || fourth.IsCompleted);

        Assert.Equal("a1", Read());

        await third.Soon();
        Assert.False(fourth.IsCompleted);
        Assert.Equal(["a2", "a3", "a4", null], [Read(), Read(), Read(), Read()]);
        await fourth.Soon();
    }

    [Fact]
    public async Task WriteAsync_CostlyItem_LetsNoOtherInBeforeItIsTaken()
    {
        await WriteAsync("a1", cost: 10);
        Assert.True(_channel.IsFull);
        Task second = WriteAsync("a2");
        Task third = WriteAsync("a3");
        Task fourth = WriteAsync("a4");
        Assert.False(second.IsCompleted);

        Assert.Equal("a1", Read());

        await second.Soon();
        await third.Soon();
        Assert.False(fourth.IsCompleted);
        Assert.Equal(["a2", "a3", "a4", null], [Read(), Read(), Read(), Read()]);
    }

    [Fact]
    public async Task WriteAsync_CancelledWhileItWaits_LeavesNothing()
    {
        await WriteAsync("a1");
        await WriteAsync("a2");
        using var cancel = new CancellationTokenSource();
        Task cancelled = _channel.WriteAsync("a", 1, isLarge: false, "a3", cancel.Token).AsTask();
        Task next = WriteAsync("a4");

        await cancel.CancelAsync();

        var exception = await Assert.ThrowsAnyAsync<OperationCanceledException>(cancelled.Soon);
        Assert.Equal(cancel.Token, exception.CancellationToken);
        Assert.Equal(["a1", "a2", "a4", null], [Read(), Read(), Read(), Read()]);
        await next.Soon();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => _channel.WriteAsync("a", 1, isLarge: false, "a5", cancel.Token).AsTask());
        Assert.Equal(0, _channel.Count);
    }

    [Fact]
    public async Task TryRead_LargeOnesUnderWay_SmallOnesPass()
    {
        await WriteAsync("large a1", isLarge: true);
        await WriteAsync("large a2", isLarge: true);
        await WriteAsync("large a3", isLarge: true);
        await WriteAsync("b1");
        await WriteAsync("b2");

        Assert.Equal(["large a1", "b1", "b2", null], [Read(), Read(), Read(), Read()]);
        Task<bool> waiting = _channel.WaitToReadAsync(Waiting.Token).AsTask();
        Assert.False(waiting.IsCompleted);
        _channel.EndLarge();

        Assert.True(await waiting.Soon());
        Assert.Equal("large a2", Read());
    }

    [Fact]
    public async Task TryReadSmall_ALargeOnesTurn_TakesNothing()
    {
        await WriteAsync("large a1", isLarge: true);
        await WriteAsync("b1");
        Assert.False(_channel.TryReadSmall(out _));

        Assert.Equal("large a1", Read());

        await WriteAsync("large c1", isLarge: true);
        Assert.True(_channel.TryReadSmall(out string? item));
        Assert.Equal("b1", item);
    }

    [Fact]
    public async Task Close_WhatIsHere_IsReadAndWritersAreTurnedAway()
    {
        await WriteAsync("a1");
        await WriteAsync("a2");
        Task waiting = WriteAsync("a3");
        var fault = new InvalidOperationException("odd");

        _channel.Close(fault);
        _channel.Close();

        Assert.Same(fault, (await Assert.ThrowsAsync<ChannelClosedException>(waiting.Soon)).InnerException);
        Assert.Same(fault, (await Assert.ThrowsAsync<ChannelClosedException>(() => WriteAsync("a4"))).InnerException);
        Assert.True(await _channel.WaitToReadAsync(Waiting.Token));
        Assert.Equal(["a1", "a2", null], [Read(), Read(), Read()]);
        Assert.False(await _channel.WaitToReadAsync(Waiting.Token));
    }

    [Fact]
    public async Task Close_LargeOnesWait_EveryReaderEndsAfterTheLast()
    {
        await WriteAsync("large a1", isLarge: true);
        await WriteAsync("large a2", isLarge: true);
        Assert.Equal("large a1", Read());
        _channel.Close();
        Task<bool> one = _channel.WaitToReadAsync(Waiting.Token).AsTask();
        Task<bool> other = _channel.WaitToReadAsync(Waiting.Token).AsTask();

        _channel.EndLarge();
        Assert.True(await (await Task.WhenAny(one, other).Soon()));
        Assert.Equal("large a2", Read());

        Assert.Equal([false, true], (await Task.WhenAll(one, other).Soon()).Order());
    }

    [Fact]
    public async Task TakeAll_LargeOnesUnderWay_TakesEverything()
    {
        await WriteAsync("large a1", isLarge: true);
        await WriteAsync("large a2", isLarge: true);
        await WriteAsync("b1");
        Assert.Equal("large a1", Read());

        Assert.Equal(["b1", "large a2"], _channel.TakeAll());
        Assert.Equal(0, _channel.Count);
    }

    [Fact]
    public async Task ManyReadersAndWriters_EveryItemComesOnce()
    {
        var seen = new System.Collections.Concurrent.ConcurrentBag<string>();
        int large = 0;
        Task[] readers = [.. Enumerable.Range(0, 4).Select(_ => Task.Run(ReadAllAsync))];

        await Parallel.ForEachAsync(Enumerable.Range(0, 5000), new ParallelOptions { MaxDegreeOfParallelism = 8, CancellationToken = Waiting.Token }, async (i, token) =>
            await _channel.WriteAsync($"{i % 7}", 1 + (i % 3), isLarge: i % 5 == 0, $"{i}", token));
        _channel.Close();
        await Task.WhenAll(readers).Soon();

        Assert.Equal(Enumerable.Range(0, 5000), seen.Select(int.Parse).Order());

        async Task ReadAllAsync()
        {
            while (await _channel.WaitToReadAsync(Waiting.Token))
            {
                while (_channel.TryRead(out string? item, out bool isLarge))
                {
                    seen.Add(item);
                    if (!isLarge) continue;
                    Assert.Equal(1, Interlocked.Increment(ref large));
                    await Task.Yield();
                    Interlocked.Decrement(ref large);
                    _channel.EndLarge();
                }
            }
        }
    }

    private string? Read() => _channel.TryRead(out string? item, out _) ? item : null;

    private Task WriteAsync(string item, bool isLarge = false, int cost = 1) => _channel.WriteAsync(item[^2..^1], cost, isLarge, item, Waiting.Token).AsTask();
}
