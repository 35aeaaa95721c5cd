using Claims.Ingestion.Postgres.DataSources;
using NpgsqlTypes;

namespace Claims.Ingestion.Postgres.Tests.DataSources;

public sealed class ConsistencyTokenTests
{
    [Theory]
    [InlineData(1u, 0x16B3748ul, "1-16B3748")]
    [InlineData(uint.MaxValue, ulong.MaxValue, "FFFFFFFF-FFFFFFFFFFFFFFFF")]
    public void ToString_AndBack_IsTheSame(uint timeline, ulong position, string text)
    {
        var token = new ConsistencyToken(timeline, new NpgsqlLogSequenceNumber(position));

        Assert.Equal(text, token.ToString());
        Assert.True(ConsistencyToken.TryParse(text, out ConsistencyToken parsed));
        Assert.Equal(token, parsed);
    }

    [Theory]
    [InlineData(null)]
    [InlineData("")]
    [InlineData("-")]
    [InlineData("1")]
    [InlineData("1-")]
    [InlineData("-1")]
    [InlineData("0-5")]
    [InlineData("1-1-1")]
    [InlineData(" 1-1")]
    [InlineData("1-1 ")]
    [InlineData("1-0x1")]
    [InlineData("100000000-1")]
    [InlineData("1-10000000000000000")]
    [InlineData("1-G; DROP TABLE claims.claim")]
    public void TryParse_Rubbish_IsNoToken(string? text) => Assert.False(ConsistencyToken.TryParse(text, out _));

    [Theory]
    [InlineData("1-5", "1-6", "1-6")]
    [InlineData("1-6", "1-5", "1-6")]
    [InlineData("2-5", "1-6", "2-5")]
    [InlineData("1-6", "2-5", "2-5")]
    [InlineData("1-6", null, "1-6")]
    [InlineData(null, "1-6", "1-6")]
    [InlineData(null, null, null)]
    public void Latest_OfTwo_IsTheOneOfTheLaterTimelineOrPosition(string? one, string? other, string? expected) =>
        Assert.Equal(Parse(expected), ConsistencyToken.Latest(Parse(one), Parse(other)));

    [Fact]
    public async Task Scope_WithinAnother_IsTheCurrentOneUntilItEndsAndFlowsIntoWhatIsCalled()
    {
        Assert.Null(ConsistencyScope.Current);
        using (ConsistencyScope outer = ConsistencyScope.Begin(Parse("1-5")))
        {
            using (ConsistencyScope inner = ConsistencyScope.Begin())
            {
                await Task.Run(() => ConsistencyScope.Current!.Require(Parse("1-7")!.Value), TestContext.Current.CancellationToken);
                inner.Require(Parse("1-6")!.Value);
                Assert.Equal(Parse("1-7"), inner.Token);
            }

            Assert.Same(outer, ConsistencyScope.Current);
            Assert.Equal(Parse("1-5"), outer.Token);
        }

        Assert.Null(ConsistencyScope.Current);
    }

    private static ConsistencyToken? Parse(string? text) => ConsistencyToken.TryParse(text, out ConsistencyToken token) ? token : null;
}
