using Claims.Ingestion.Postgres.DataSources;
using Microsoft.Extensions.Time.Testing;
using NpgsqlTypes;

namespace Claims.Ingestion.Postgres.Tests.DataSources;

public sealed class PrimaryTrailTests
{
    private readonly FakeTimeProvider _time = new();

    [Fact]
    public void LagOf_WritingPrimary_IsTheTimeSinceItWasThere()
    {
        var trail = new PrimaryTrail(_time);
        foreach (ulong position in new ulong[] { 100, 200, 300 })
        {
            trail.Add(At(position));
            _time.Advance(TimeSpan.FromSeconds(1));
        }

        Assert.Equal((TimeSpan.Zero, 0), trail.LagOf(At(300)));
        Assert.Equal((TimeSpan.Zero, 0), trail.LagOf(At(350)));
        Assert.Equal((TimeSpan.FromSeconds(1), 50), trail.LagOf(At(250)));
        Assert.Equal((TimeSpan.FromSeconds(1), 100), trail.LagOf(At(200)));
        Assert.Equal((TimeSpan.FromSeconds(3), 250), trail.LagOf(At(50)));
    }

    [Fact]
    public void LagOf_IdlePrimary_DoesNotGrow()
    {
        var trail = new PrimaryTrail(_time);
        for (int i = 0; i < 100; i++)
        {
            trail.Add(At(100));
            _time.Advance(TimeSpan.FromMinutes(1));
        }

        Assert.Equal((TimeSpan.Zero, 0), trail.LagOf(At(100)));
    }

    [Fact]
    public void LagOf_LongHistory_IsAtLeastAsOldAsWhatIsKept()
    {
        var trail = new PrimaryTrail(_time);
        for (ulong i = 1; i <= 5000; i++)
        {
            trail.Add(At(i));
            _time.Advance(TimeSpan.FromSeconds(1));
        }

        Assert.Equal((TimeSpan.FromSeconds(1000), 4999), trail.LagOf(At(1)));
    }

    [Fact]
    public void LagOf_AfterAFailoverToAnEarlierPosition_GoesByTheNewHistory()
    {
        var trail = new PrimaryTrail(_time);
        trail.Add(At(500));
        _time.Advance(TimeSpan.FromSeconds(5));
        trail.Add(At(400));
        trail.Add(At(450));
        _time.Advance(TimeSpan.FromSeconds(1));

        Assert.Equal((TimeSpan.Zero, 0), trail.LagOf(At(450)));
        Assert.Equal((TimeSpan.FromSeconds(1), 30), trail.LagOf(At(420)));
    }

    private static NpgsqlLogSequenceNumber At(ulong position) => new(position);
}
