using Claims.Ingestion.Diagnostics;
using Claims.Ingestion.Tests.Fakes;
using Microsoft.Extensions.Time.Testing;

namespace Claims.Ingestion.Tests.Diagnostics;

public sealed class MemoryActionTrailTests
{
    [Fact]
    public async Task Read_ManyActions_GivesTheLastThousandInPages()
    {
        var time = new FakeTimeProvider();
        var trail = new MemoryActionTrail(time);
        OperatorAction first = await trail.AskedAsync("Ann", "poll", "1", Waiting.Token);
        for (int i = 2; i <= 1001; i++) await trail.AskedAsync("Ann", "poll", $"{i}", Waiting.Token);
        OperatorAction last = (await trail.ReadAsync(null, 1, Waiting.Token))[0];
        time.Advance(TimeSpan.FromSeconds(3));
        await trail.EndedAsync(last, "done", null, Waiting.Token);
        await trail.EndedAsync(first, "done", null, Waiting.Token);

        IReadOnlyList<OperatorAction> all = await trail.ReadAsync(null, 2000, Waiting.Token);

        Assert.Equal(Enumerable.Range(2, 1000).Reverse().Select(i => $"{i}"), all.Select(a => a.Target));
        Assert.Equal(last with { Outcome = "done", EndedAt = last.At.AddSeconds(3) }, all[0]);
        Assert.Equal(["999", "998"], (await trail.ReadAsync(1000, 2, Waiting.Token)).Select(a => a.Target));
    }
}
