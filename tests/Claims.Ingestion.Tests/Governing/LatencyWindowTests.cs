using Claims.Ingestion.Governing;
using Microsoft.Extensions.Time.Testing;

namespace Claims.Ingestion.Tests.Governing;

public sealed class LatencyWindowTests
{
    private readonly FakeTimeProvider _time = new();
    private readonly LatencyWindow _window;

    public LatencyWindowTests() => _window = new LatencyWindow(_time);

    [Fact]
    public void Quantile_TooFew_IsNotKnown()
    {
        Add(9, _ => 1);

        Assert.Null(_window.Quantile());
    }

    [Fact]
    public void Quantile_ManyInASecond_IsOfThatSecond()
    {
        Add(100, _ => 100);
        _time.Advance(TimeSpan.FromSeconds(2));
        Add(100, i => i + 1);

        Assert.Equal((TimeSpan.FromSeconds(95), TimeSpan.Zero), _window.Quantile());
    }

    [Fact]
    public void Quantile_FewInASecond_GoesBackUpToTenSeconds()
    {
        Add(60, _ => 9);
        _time.Advance(TimeSpan.FromSeconds(6));
        Add(20, _ => 1);
        _time.Advance(TimeSpan.FromSeconds(3));

        // The last twenty, and of those before as many as make it enough.
        Assert.Equal((TimeSpan.FromSeconds(9), TimeSpan.FromSeconds(9)), _window.Quantile());
        _time.Advance(TimeSpan.FromSeconds(2));
        Assert.Equal((TimeSpan.FromSeconds(1), TimeSpan.FromSeconds(5)), _window.Quantile());
        _time.Advance(TimeSpan.FromSeconds(6));
        Assert.Null(_window.Quantile());
    }

    [Fact]
    public void Quantile_MoreThanFit_IsOfTheLast()
    {
        Add(5000, _ => 9);
        Add(4096, _ => 1);

        Assert.Equal(TimeSpan.FromSeconds(1), _window.Quantile()!.Value.Latency);
    }

    [Fact]
    public void LastSecond_CountsThatSecond()
    {
        Assert.Equal(0, _window.LastSecond());
        Add(100, _ => 1);
        _time.Advance(TimeSpan.FromSeconds(0.9));
        Add(20, _ => 1);
        Assert.Equal(120, _window.LastSecond());
        _time.Advance(TimeSpan.FromSeconds(0.2));
        Assert.Equal(20, _window.LastSecond());
        Add(5000, _ => 1);
        Assert.Equal(4096, _window.LastSecond());
    }

    private void Add(int count, Func<int, double> seconds)
    {
        for (int i = 0; i < count; i++) _window.Add(seconds(i));
    }
}
