using Claims.Ingestion.EClaimLink.Listing;
using Microsoft.Extensions.Options;
using Microsoft.Extensions.Time.Testing;

namespace Claims.Ingestion.EClaimLink.Tests.Listing;

public sealed class LookBackTests
{
    private static readonly DateTimeOffset _start = new(2031, 2, 1, 0, 0, 0, TimeSpan.Zero);

    private readonly FakeTimeProvider _time = new(_start);
    private readonly LookBacks _lookBacks;

    public LookBackTests() => _lookBacks = new LookBacks(Options.Create(new EClaimLinkOptions()), _time);

    [Fact]
    public void Begin_FirstOfTheProcess_ReachesOverTheWholeLookBack() =>
        Assert.Equal(new LookBack(_start.AddDays(-30), _start, true), _lookBacks.Begin("F"));

    [Fact]
    public void Begin_AfterACompleteListing_ReachesBehindItByTheOverlap()
    {
        List();

        Assert.Equal(new LookBack(_start.AddDays(-1), After(minutes: 30), false), _lookBacks.Begin("F"));
        Assert.True(_lookBacks.Begin("G").IsWhole);
    }

    [Fact]
    public void Begin_FileOfTheListingNotAcknowledged_ReachesOverTheWholeLookBackAgain()
    {
        List("a", "b");
        _lookBacks.Acknowledged("F", "a");
        After(minutes: 30);
        Assert.True(List("b").IsWhole);

        _lookBacks.Acknowledged("F", "b");
        After(minutes: 30);

        Assert.False(_lookBacks.Begin("F").IsWhole);
    }

    [Fact]
    public void Begin_ListingBrokeOff_StartsWhereTheLastCompleteOneStood()
    {
        List();
        After(minutes: 30);
        _lookBacks.Begin("F");

        Assert.Equal(new LookBack(_start.AddDays(-1), After(minutes: 30), false), _lookBacks.Begin("F"));
    }

    [Fact]
    public void Begin_ListingsBrokeOffWhileAFileWasOpen_StillReachesOverTheWholeLookBack()
    {
        List("a");
        for (int i = 0; i < 2; i++)
        {
            Assert.True(_lookBacks.Begin("F").IsWhole);
            _lookBacks.Listed("F", "b");
        }

        _lookBacks.Acknowledged("F", "a");
        Assert.True(_lookBacks.Begin("F").IsWhole);
        _lookBacks.Acknowledged("F", "b");
        Assert.False(_lookBacks.Begin("F").IsWhole);
    }

    [Theory]
    [InlineData(6 * 60, -30 * 24)]
    [InlineData(40 * 24 * 60, -24)]
    public void Begin_AfterAnOutage_ReachesOverTheWholeLookBackAndBehindTheOutage(int minutes, int hours)
    {
        List();

        LookBack lookBack = After(minutes) is var now ? _lookBacks.Begin("F") : default;

        Assert.True(lookBack.IsWhole);
        Assert.Equal(minutes > 30 * 24 * 60 ? _start.AddHours(hours) : now.AddHours(hours), lookBack.From);
    }

    [Fact]
    public void Begin_OnceADay_ReachesOverTheWholeLookBack()
    {
        var whole = new List<bool>();
        for (int i = 0; i <= 48; i++)
        {
            whole.Add(List().IsWhole);
            After(minutes: 30);
        }

        Assert.Equal([0, 48], whole.Index().Where(w => w.Item).Select(w => w.Index));
    }

    private LookBack List(params string[] fileIds)
    {
        LookBack lookBack = _lookBacks.Begin("F");
        foreach (string id in fileIds) _lookBacks.Listed("F", id);
        _lookBacks.Completed("F", lookBack);
        return lookBack;
    }

    private DateTimeOffset After(int minutes)
    {
        _time.Advance(TimeSpan.FromMinutes(minutes));
        return _time.GetUtcNow();
    }
}
