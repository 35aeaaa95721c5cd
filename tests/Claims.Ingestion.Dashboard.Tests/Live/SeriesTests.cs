using Claims.Ingestion.Dashboard.Live;
using Claims.Ingestion.Dashboard.Tests.Support;

namespace Claims.Ingestion.Dashboard.Tests.Live;

public sealed class SeriesTests
{
    [Fact]
    public void Of_SamplesOfAStep_IsTheirMean_AndNullWhereThereIsNone()
    {
        Sample[] samples = [At(-901, 1), At(-10, 4), At(-9, 8), At(0, 5)];

        double?[] values = Series.Of(samples, Given.Now, s => s.ClaimsPerMinute);

        Assert.Equal(Series.Length, values.Length);
        Assert.Equal([6, null, 5], values[^3..]);
        Assert.All(values[..^3], Assert.Null);
    }

    [Fact]
    public void Of_WhileTimeMovesWithinAStep_StaysTheSame()
    {
        Sample[] samples = [At(-30, 4), At(-7, 8)];

        Assert.Equal(Series.Of(samples, Given.Now, s => s.ClaimsPerMinute), Series.Of(samples, Given.Now.AddSeconds(4), s => s.ClaimsPerMinute));
    }

    private static Sample At(double seconds, double claims) => new(Given.Now.AddSeconds(seconds), claims, null, null, 1, 0, 0);
}
