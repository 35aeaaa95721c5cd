using Claims.Ingestion.Views;

namespace Claims.Ingestion.Tests.Views;

public sealed class ChangedRowsPolicyTests
{
    [Theory]
    [InlineData(0, null, null, true, "it was never refreshed")]
    [InlineData(5000, null, 10, true, "it was never refreshed")]
    [InlineData(0, 99999, null, false, "nothing changed since its last refresh")]
    [InlineData(1000, 10, 1, true, "1000 claims changed, at least 1000")]
    [InlineData(999, 10, 59, false, "only 999 claims changed, fewer than 1000, none waits 60 s")]
    [InlineData(999, 10, 60, true, "999 claims changed and the oldest change waits 60 s, at least 60 s")]
    [InlineData(1, 99999, null, false, "only 1 claims changed, fewer than 1000, none waits 60 s")]
    public void Decide_EachState_SaysWhy(long changed, int? sinceRefresh, int? sinceChange, bool expected, string reason)
    {
        var policy = new ChangedRowsPolicy(1000, TimeSpan.FromMinutes(1));

        RefreshDecision decision = policy.Decide(new ViewState("daily", changed, Seconds(sinceRefresh), Seconds(sinceChange), null));

        Assert.Equal(new RefreshDecision(expected, reason), decision);
    }

    private static TimeSpan? Seconds(int? seconds) => seconds is { } value ? TimeSpan.FromSeconds(value) : null;
}
