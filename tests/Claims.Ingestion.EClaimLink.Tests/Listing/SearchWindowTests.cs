using Claims.Ingestion.EClaimLink.Listing;

namespace Claims.Ingestion.EClaimLink.Tests.Listing;

public sealed class SearchWindowTests
{
    private static readonly DateTime _from = new(2031, 1, 1);

    [Fact]
    public void Cut_LongSpan_LeavesNoGapAndNoOverlap()
    {
        SearchWindow[] windows = [.. SearchWindow.Cut(_from, _from.AddDays(250), TimeSpan.FromDays(100))];

        Assert.Equal(3, windows.Length);
        Assert.Equal(_from, windows[0].From);
        Assert.Equal(_from.AddDays(250), windows[^1].To);
        Assert.All(windows.Zip(windows.Skip(1)), pair => Assert.Equal(pair.First.To.AddSeconds(1), pair.Second.From));
    }

    [Theory]
    [InlineData(2)]
    [InlineData(3)]
    [InlineData(86_400)]
    [InlineData(86_401)]
    public void TryHalve_AnyLength_LeavesNoGapAndNoOverlap(int seconds)
    {
        var window = new SearchWindow(_from, _from.AddSeconds(seconds - 1));

        Assert.True(window.TryHalve(TimeSpan.FromSeconds(1), out SearchWindow older, out SearchWindow newer));

        Assert.Equal(window.From, older.From);
        Assert.Equal(older.To.AddSeconds(1), newer.From);
        Assert.Equal(window.To, newer.To);
        Assert.True(older.To >= older.From && newer.To >= newer.From);
    }

    [Theory]
    [InlineData(1, 1)]
    [InlineData(119, 60)]
    public void TryHalve_ToLessThanTheSmallest_Refuses(int seconds, int smallest) =>
        Assert.False(new SearchWindow(_from, _from.AddSeconds(seconds - 1)).TryHalve(TimeSpan.FromSeconds(smallest), out _, out _));

    [Fact]
    public void Texts_OneDigitParts_ArePadded() =>
        Assert.Equal("02/01/2031 03:04:05", new SearchWindow(new DateTime(2031, 1, 2, 3, 4, 5), _from).FromText);
}
