using Claims.Ingestion.Dashboard.Text;
using Claims.Ingestion.Polling;

namespace Claims.Ingestion.Dashboard.Tests.Text;

public sealed class SpokenTests
{
    private static readonly DateTimeOffset _now = new(2026, 3, 2, 10, 0, 0, TimeSpan.Zero);

    [Theory]
    [InlineData(0, "0 s")]
    [InlineData(0.0041, "4.1 ms")]
    [InlineData(0.82, "820 ms")]
    [InlineData(0.99949, "999 ms")]
    [InlineData(1.44, "1.4 s")]
    [InlineData(59.9, "59 s")]
    [InlineData(60, "1 min")]
    [InlineData(125, "2 min 5 s")]
    [InlineData(11_400, "3 h 10 min")]
    [InlineData(439_200, "5 d 2 h")]
    public void Span_IsAsPeopleSayIt(double seconds, string text) => Assert.Equal(text, Spoken.Span(TimeSpan.FromSeconds(seconds)));

    [Theory]
    [InlineData(0.4, "now")]
    [InlineData(12, "12 s ago")]
    [InlineData(150, "2 min ago")]
    [InlineData(10_900, "3 h ago")]
    [InlineData(500_000, "5 d ago")]
    [InlineData(-250, "in 4 min")]
    public void Ago_IsAsPeopleSayIt(double seconds, string text) => Assert.Equal(text, Spoken.Ago(_now.AddSeconds(-seconds), _now));

    [Fact]
    public void Ago_OfNothing_IsNever() => Assert.Equal("never", Spoken.Ago(null, _now));

    [Theory]
    [InlineData(999, "999 B")]
    [InlineData(1000, "1.0 kB")]
    [InlineData(1_440_000, "1.4 MB")]
    [InlineData(268_000_000, "268 MB")]
    [InlineData(9_990_000_000, "10.0 GB")]
    public void Bytes_HaveAUnit(double bytes, string text) => Assert.Equal(text, Spoken.Bytes(bytes));

    [Theory]
    [InlineData(61_000, "61,000")]
    [InlineData(1_240_000, "1.2 M")]
    public void Short_IsShort(double value, string text) => Assert.Equal(text, Spoken.Short(value));

    [Fact]
    public void Percent_NeverSaysAllOfLess() => Assert.Equal(("99 %", "99.9 %", "100 %"), (Spoken.Percent(0.9999), Spoken.Percent(0.9999, 1), Spoken.Percent(1)));

    [Fact]
    public void Brief_IsTheFirstSentence()
    {
        Assert.Equal("Connection refused", Spoken.Brief("Connection refused. Look at the gateway."));
        Assert.Equal("abc…", Spoken.Brief("abc def", 4));
    }

    [Fact]
    public void Words_ArePlain() => Assert.Equal("credential refused", Spoken.Words(PollOutcome.CredentialRefused));
}
