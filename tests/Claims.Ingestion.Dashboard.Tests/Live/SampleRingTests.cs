using Claims.Ingestion.Dashboard.Live;
using Claims.Ingestion.Dashboard.Tests.Support;

namespace Claims.Ingestion.Dashboard.Tests.Live;

public sealed class SampleRingTests
{
    [Fact]
    public void Add_BeyondItsCapacity_KeepsTheNewestInOrder()
    {
        var ring = new SampleRing(3);

        for (int i = 1; i <= 5; i++) ring.Add(new Sample(Given.Now.AddSeconds(i), i, null, null, 1, 0, 0));

        Assert.Equal([3, 4, 5], ring.ToArray().Select(s => s.ClaimsPerMinute));
    }

    [Fact]
    public void ToArray_OfAFew_HasThoseAlone()
    {
        var ring = new SampleRing(3);

        ring.Add(new Sample(Given.Now, 7, null, null, 1, 0, 0));

        Assert.Equal([7], ring.ToArray().Select(s => s.ClaimsPerMinute));
    }
}
