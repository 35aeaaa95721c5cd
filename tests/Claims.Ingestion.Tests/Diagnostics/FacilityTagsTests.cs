using Claims.Ingestion.Diagnostics;
using Microsoft.Extensions.Options;

namespace Claims.Ingestion.Tests.Diagnostics;

public sealed class FacilityTagsTests
{
    [Theory]
    [InlineData(0, "other,other,other,other")]
    [InlineData(2, "A,B,other,A")]
    [InlineData(3, "A,B,C,A")]
    public void Of_BeyondTheLimit_IsOther(int limit, string expected)
    {
        FacilityTags tags = Tags(limit);

        Assert.Equal(expected, string.Join(',', "ABCA".Select(id => tags.Of($"{id}"))));
    }

    [Fact]
    public void Of_ManyAtOnce_KeepsTheLimit()
    {
        FacilityTags tags = Tags(10);
        var seen = new string[1000];

        Parallel.For(0, seen.Length, i => seen[i] = tags.Of($"F{i % 100}"));

        Assert.Equal(11, seen.Distinct().Count());
        Assert.Equal(10, Enumerable.Range(0, 100).Count(i => tags.Of($"F{i}") == $"F{i}"));
    }

    private static FacilityTags Tags(int limit) => new(Options.Create(new TelemetryOptions { MaxFacilities = limit }));
}
