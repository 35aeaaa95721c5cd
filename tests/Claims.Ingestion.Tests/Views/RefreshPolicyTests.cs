using Claims.Ingestion.Views;

namespace Claims.Ingestion.Tests.Views;

public sealed class RefreshPolicyTests
{
    private static readonly DateTimeOffset Now = new(2026, 3, 2, 9, 0, 0, TimeSpan.Zero);

    // Refreshed 100 s ago; nothing changed.
    private static readonly ViewState Fresh = new() { Name = "mv_daily", Now = Now, SinceRefresh = Seconds(100), LastDuration = Seconds(10), TotalRows = 10_000 };

    [Theory]
    [InlineData(null, RefreshVerdict.Require, "it was never refreshed")]
    [InlineData(100, RefreshVerdict.Skip, null)]
    public void NeverRefreshed_EachState_RequiresTheFirst(int? sinceRefresh, RefreshVerdict expected, string? reason) =>
        Assert.Equal(new RefreshDecision(expected, reason!), RefreshPolicy.NeverRefreshed().Decide(Fresh with { SinceRefresh = Maybe(sinceRefresh) }));

    [Theory]
    [InlineData(0, RefreshVerdict.Skip, "nothing changed since its last refresh")]
    [InlineData(1, RefreshVerdict.Skip, "only 1 rows changed, fewer than 5000")]
    [InlineData(4999, RefreshVerdict.Skip, "only 4999 rows changed, fewer than 5000")]
    [InlineData(5000, RefreshVerdict.Refresh, "5000 rows changed, at least 5000")]
    [InlineData(5001, RefreshVerdict.Refresh, "5001 rows changed, at least 5000")]
    public void ChangedRows_EachCount_SaysWhy(long changed, RefreshVerdict expected, string reason) =>
        Assert.Equal(new RefreshDecision(expected, reason), RefreshPolicy.ChangedRows(5000).Decide(Fresh with { ChangedRows = changed }));

    [Theory]
    [InlineData(0, 10_000L, RefreshVerdict.Skip, null)]
    [InlineData(99, 10_000L, RefreshVerdict.Skip, "only 0.99 % of its rows changed, less than 1.00 %")]
    [InlineData(100, 10_000L, RefreshVerdict.Refresh, "1.00 % of its rows changed, at least 1.00 %")]
    [InlineData(101, 10_000L, RefreshVerdict.Refresh, "1.01 % of its rows changed, at least 1.00 %")]
    [InlineData(1, 0L, RefreshVerdict.Refresh, "100.00 % of its rows changed, at least 1.00 %")]
    [InlineData(10_000, null, RefreshVerdict.Skip, null)]
    public void ChangedShare_EachShare_SaysWhy(long changed, long? total, RefreshVerdict expected, string? reason) =>
        Assert.Equal(new RefreshDecision(expected, reason!), RefreshPolicy.ChangedShare(0.01).Decide(Fresh with { ChangedRows = changed, TotalRows = total }));

    [Theory]
    [InlineData(0, 99, RefreshVerdict.Skip, null)]
    [InlineData(1, 19, RefreshVerdict.Skip, "none waits 20 s")]
    [InlineData(1, 20, RefreshVerdict.Refresh, "the oldest change waits 20 s, at least 20 s")]
    [InlineData(1, 21, RefreshVerdict.Refresh, "the oldest change waits 21 s, at least 20 s")]
    [InlineData(1, null, RefreshVerdict.Refresh, "the oldest change waits 100 s, at least 20 s")]
    public void MaxStaleness_EachWait_SaysWhy(long changed, int? sinceChange, RefreshVerdict expected, string? reason) =>
        Assert.Equal(new RefreshDecision(expected, reason!), RefreshPolicy.MaxStaleness(Seconds(20)).Decide(Fresh with { ChangedRows = changed, SinceFirstChange = Maybe(sinceChange) }));

    [Theory]
    [InlineData(0, 999, RefreshVerdict.Skip, null)]
    [InlineData(1, 299, RefreshVerdict.Skip, null)]
    [InlineData(1, 300, RefreshVerdict.Require, "the oldest change waits 300 s, the limit is 300 s")]
    [InlineData(1, 301, RefreshVerdict.Require, "the oldest change waits 301 s, the limit is 300 s")]
    [InlineData(1, null, RefreshVerdict.Skip, null)]
    public void CriticalStaleness_EachWait_RequiresAtTheLimit(long changed, int? sinceChange, RefreshVerdict expected, string? reason) =>
        Assert.Equal(new RefreshDecision(expected, reason!), RefreshPolicy.CriticalStaleness(Seconds(300)).Decide(Fresh with { ChangedRows = changed, SinceFirstChange = Maybe(sinceChange) }));

    [Theory]
    [InlineData(false, RefreshVerdict.Skip, null)]
    [InlineData(true, RefreshVerdict.Refresh, "it depends on the day, and a new one began")]
    public void DayTurned_EachState_SaysWhy(bool hasTurned, RefreshVerdict expected, string? reason) =>
        Assert.Equal(new RefreshDecision(expected, reason!), RefreshPolicy.DayTurned().Decide(Fresh with { HasDayTurned = hasTurned }));

    [Theory]
    [InlineData(null, null, null)]
    [InlineData(59, 1, "its last refresh began 59 s ago, less than 60 s")]
    [InlineData(60, null, null)]
    [InlineData(61, null, null)]
    public void MinInterval_EachAge_DefersUntilItIsOver(int? since, int? wait, string? reason) =>
        Assert.Equal(Deferral(wait, reason), RefreshPolicy.MinInterval(Seconds(60)).Decide(Fresh with { SinceRefresh = Maybe(since) }));

    [Theory]
    [InlineData(null, null, null)]
    [InlineData(0, 30, "another view was refreshed 0 s ago, less than 30 s")]
    [InlineData(29, 1, "another view was refreshed 29 s ago, less than 30 s")]
    [InlineData(30, null, null)]
    public void Stagger_EachAgeOfAnother_DefersUntilItIsOver(int? since, int? wait, string? reason) =>
        Assert.Equal(Deferral(wait, reason), RefreshPolicy.Stagger(Seconds(30)).Decide(Fresh with { SinceOtherRefresh = Maybe(since) }));

    [Fact]
    public void YieldWhenBusy_WhileSomebodyIs_DefersWithoutATime()
    {
        IRefreshPolicy policy = RefreshPolicy.YieldWhenBusy();

        Assert.Equal(new RefreshDecision(RefreshVerdict.Defer, "users are busy"), policy.Decide(Fresh with { Busy = "users are busy" }));
        Assert.Equal(default, policy.Decide(Fresh));
    }

    [Theory]
    [InlineData(10, 39, 1, "its last refresh took 10.0 s and may take 25 % of the time")]
    [InlineData(10, 40, null, null)]
    [InlineData(10, 41, null, null)]
    [InlineData(0, 0, null, null)]
    [InlineData(null, 1, null, null)]
    [InlineData(10, null, null, null)]
    public void MaxCost_EachDuration_DefersUntilItsShareIsOver(int? took, int? since, int? wait, string? reason) =>
        Assert.Equal(Deferral(wait, reason), RefreshPolicy.MaxCost(0.25).Decide(Fresh with { LastDuration = Maybe(took), SinceRefresh = Maybe(since) }));

    [Fact]
    public void Quiet_SeveralParts_DefersToTheEndOfTheLastThatHolds()
    {
        IRefreshPolicy policy = RefreshPolicy.Quiet(
            TimeZoneInfo.FindSystemTimeZoneById("Asia/Dubai"),
            new QuietHours { From = TimeSpan.FromHours(12), To = TimeSpan.FromHours(14) }, new QuietHours { From = TimeSpan.FromHours(13), To = TimeSpan.FromHours(16) });

        Assert.Equal(new RefreshDecision(RefreshVerdict.Defer, "these are quiet hours, until 16:00 Asia/Dubai", Now.AddHours(3)), policy.Decide(Fresh));
        Assert.Equal("these are quiet hours, until 14:00 Asia/Dubai", policy.Decide(Fresh with { Now = Now.AddHours(-1) }).Reason);
        Assert.Equal(default, policy.Decide(Fresh with { Now = Now.AddHours(3) }));
        Assert.Equal(default, RefreshPolicy.Quiet(TimeZoneInfo.Utc).Decide(Fresh));
    }

    [Theory]
    [InlineData(RefreshVerdict.Skip, RefreshVerdict.Skip, RefreshVerdict.Skip, "a; b")]
    [InlineData(RefreshVerdict.Skip, RefreshVerdict.Refresh, RefreshVerdict.Refresh, "b")]
    [InlineData(RefreshVerdict.Refresh, RefreshVerdict.Refresh, RefreshVerdict.Refresh, "a; b")]
    [InlineData(RefreshVerdict.Skip, RefreshVerdict.Defer, RefreshVerdict.Skip, "a")]
    [InlineData(RefreshVerdict.Defer, RefreshVerdict.Defer, RefreshVerdict.Skip, "no rule asks for it")]
    [InlineData(RefreshVerdict.Refresh, RefreshVerdict.Defer, RefreshVerdict.Defer, "b (a)")]
    [InlineData(RefreshVerdict.Skip, RefreshVerdict.Require, RefreshVerdict.Require, "b")]
    [InlineData(RefreshVerdict.Refresh, RefreshVerdict.Require, RefreshVerdict.Require, "a; b")]
    [InlineData(RefreshVerdict.Require, RefreshVerdict.Defer, RefreshVerdict.Require, "a, although b")]
    public void Combine_EachPair_FollowsTheStrongerOfThem(RefreshVerdict first, RefreshVerdict second, RefreshVerdict expected, string reason)
    {
        Assert.Equal(new RefreshDecision(expected, reason), RefreshPolicy.Combine(Fixed(new(first, "a")), Fixed(new(second, "b"))).Decide(Fresh));
        Assert.Equal(expected, RefreshPolicy.Combine(Fixed(new(second, "b")), Fixed(new(first, "a"))).Decide(Fresh).Verdict);
    }

    [Fact]
    public void Combine_SeveralDeferrals_WaitsForTheLatestAndNamesAll()
    {
        RefreshDecision decision = RefreshPolicy.Combine(
            Fixed(new(RefreshVerdict.Defer, "soon", Now.AddSeconds(5))), Fixed(new(RefreshVerdict.Defer, "late", Now.AddHours(1))), Fixed(new(RefreshVerdict.Defer, "busy")),
            Fixed(new(RefreshVerdict.Skip, "no")), Fixed(new(RefreshVerdict.Refresh, "many")), Fixed(new(RefreshVerdict.Refresh, "old"))).Decide(Fresh);

        Assert.Equal(new RefreshDecision(RefreshVerdict.Defer, "soon; late; busy (many; old)", Now.AddHours(1)), decision);
        Assert.False(decision.IsRefresh);
    }

    [Fact]
    public void Combine_ACombination_CountsAsOnePolicy()
    {
        IRefreshPolicy inner = RefreshPolicy.Combine(Fixed(new(RefreshVerdict.Refresh, "many")), Fixed(new(RefreshVerdict.Defer, "busy", Now.AddMinutes(1))));

        Assert.Equal(new RefreshDecision(RefreshVerdict.Skip, "no"), RefreshPolicy.Combine(inner, Fixed(new(RefreshVerdict.Skip, "no"))).Decide(Fresh));
        Assert.Equal("urgent, although busy (many)", RefreshPolicy.Combine(inner, Fixed(new(RefreshVerdict.Require, "urgent"))).Decide(Fresh).Reason);
    }

    [Fact]
    public void Combine_ListThatChangesLater_KeepsItsPolicies()
    {
        IRefreshPolicy[] policies = [Fixed(new(RefreshVerdict.Refresh, "many"))];
        IRefreshPolicy combined = RefreshPolicy.Combine(policies);
        policies[0] = Fixed(new(RefreshVerdict.Skip, "no"));

        Assert.True(combined.Decide(Fresh).IsRefresh);
        Assert.Equal(RefreshVerdict.Skip, RefreshPolicy.Combine().Decide(Fresh).Verdict);
    }

    [Fact]
    public void Limits_BelowTheLeast_AreRefused()
    {
        Assert.Throws<ArgumentOutOfRangeException>("rows", () => RefreshPolicy.ChangedRows(0));
        Assert.Throws<ArgumentOutOfRangeException>("share", () => RefreshPolicy.ChangedShare(0));
        Assert.Throws<ArgumentOutOfRangeException>("share", () => RefreshPolicy.ChangedShare(1.01));
        Assert.Throws<ArgumentOutOfRangeException>("share", () => RefreshPolicy.MaxCost(0));
        Assert.Throws<ArgumentOutOfRangeException>("share", () => RefreshPolicy.MaxCost(1.01));
    }

    private static RefreshDecision Deferral(int? wait, string? reason) => wait is { } seconds ? new(RefreshVerdict.Defer, reason!, Now.AddSeconds(seconds)) : default;

    private static Decided Fixed(RefreshDecision decision) => new(decision);

    private static TimeSpan Seconds(int seconds) => TimeSpan.FromSeconds(seconds);

    private static TimeSpan? Maybe(int? seconds) => seconds is { } value ? Seconds(value) : null;

    private sealed class Decided(RefreshDecision decision) : IRefreshPolicy
    {
        public RefreshDecision Decide(ViewState view) => decision;
    }
}
