using Claims.Ingestion.Views;

namespace Claims.Ingestion.Tests.Views;

public sealed class RefreshRulesTests
{
    private static readonly DateTimeOffset Now = new(2026, 3, 2, 9, 0, 0, TimeSpan.Zero);

    // 50 rows changed, the oldest a minute ago; refreshed an hour ago.
    private static readonly ViewState Changed = new()
    {
        Name = "mv_daily",
        Now = Now,
        ChangedRows = 50,
        TotalRows = 1000,
        SinceRefresh = TimeSpan.FromHours(1),
        SinceFirstChange = TimeSpan.FromMinutes(1),
        LastDuration = TimeSpan.FromMinutes(10),
        SinceOtherRefresh = TimeSpan.FromSeconds(5),
        Busy = "users are busy",
    };

    [Fact]
    public void ToPolicy_NoRulesAtAll_OnlyFillsTheViewAndFollowsTheDay()
    {
        IRefreshPolicy policy = new RefreshRules().ToPolicy(new RefreshRules());

        Assert.Equal(new RefreshDecision(RefreshVerdict.Skip, "no rule asks for it"), policy.Decide(Changed));
        Assert.Equal(RefreshVerdict.Require, policy.Decide(Changed with { SinceRefresh = null }).Verdict);
        Assert.Equal(RefreshVerdict.Refresh, policy.Decide(Changed with { HasDayTurned = true }).Verdict);
    }

    [Fact]
    public void ToPolicy_EveryRuleOfOthers_HoldsWhereTheViewHasNone()
    {
        IRefreshPolicy policy = new RefreshRules().ToPolicy(Rules());

        Assert.Equal(
            new RefreshDecision(
                RefreshVerdict.Defer,
                "its last refresh began 3600 s ago, less than 7200 s; another view was refreshed 5 s ago, less than 30 s; users are busy; its last refresh took 600.0 s and may take 10 % of the time; these are quiet hours, until 14:00 Asia/Dubai "
                + "(50 rows changed, at least 50; 5.00 % of its rows changed, at least 5.00 %; the oldest change waits 60 s, at least 60 s)",
                Now.AddMinutes(60)),
            policy.Decide(Changed));
        Assert.Equal(RefreshVerdict.Require, policy.Decide(Changed with { SinceFirstChange = TimeSpan.FromMinutes(5) }).Verdict);
    }

    [Fact]
    public void ToPolicy_EveryRuleOfTheView_GoesBeforeThoseOfOthers()
    {
        var rules = new RefreshRules
        {
            ChangedRows = 51,
            ChangedShare = 0.06,
            MaxStaleness = TimeSpan.FromSeconds(61),
            CriticalStaleness = TimeSpan.FromMinutes(1),
            MinInterval = TimeSpan.FromHours(1),
            Stagger = TimeSpan.FromSeconds(5),
            YieldWhenBusy = false,
            MaxCost = 0.5,
            TimeZone = "UTC",
            QuietHours = { new QuietHours { From = TimeSpan.FromHours(10), To = TimeSpan.FromHours(11) } },
        };

        Assert.Equal(new RefreshDecision(RefreshVerdict.Require, "the oldest change waits 60 s, the limit is 60 s"), rules.ToPolicy(Rules()).Decide(Changed));
        rules.CriticalStaleness = TimeSpan.FromDays(1);
        Assert.Equal(
            new RefreshDecision(RefreshVerdict.Skip, "only 50 rows changed, fewer than 51; only 5.00 % of its rows changed, less than 6.00 %; none waits 61 s"),
            rules.ToPolicy(Rules()).Decide(Changed));
    }

    [Fact]
    public void ToPolicy_OneRuleOfTheView_LeavesTheOthersAsTheyAre()
    {
        RefreshRules all = Rules();
        all.QuietHours.Clear();
        all.MinInterval = all.Stagger = null;
        all.MaxCost = null;

        Assert.Equal("users are busy (50 rows changed, at least 50; 5.00 % of its rows changed, at least 5.00 %)", new RefreshRules { MaxStaleness = TimeSpan.FromHours(1) }.ToPolicy(all).Decide(Changed).Reason);
    }

    [Fact]
    public void ToPolicy_TimeZoneOfTheView_IsThatOfTheQuietHoursOfAll()
    {
        IRefreshPolicy policy = new RefreshRules { ChangedRows = 1, YieldWhenBusy = false, TimeZone = "Europe/Berlin" }.ToPolicy(new RefreshRules
        {
            TimeZone = "Asia/Dubai",
            QuietHours = { new QuietHours { From = TimeSpan.FromHours(10), To = TimeSpan.FromHours(12) } },
        });

        Assert.Equal(new RefreshDecision(RefreshVerdict.Defer, "these are quiet hours, until 12:00 Europe/Berlin (50 rows changed, at least 1)", Now.AddHours(2)), policy.Decide(Changed));
    }

    [Fact]
    public void ToPolicy_TimeZoneThatDoesNotExist_IsRefused()
    {
        var rules = new RefreshRules { TimeZone = "Europe/Atlantis", QuietHours = { new QuietHours() } };

        Assert.Throws<TimeZoneNotFoundException>(() => rules.ToPolicy(new RefreshRules()));
    }

    // In Dubai it is 13:00.
    private static RefreshRules Rules() => new()
    {
        ChangedRows = 50,
        ChangedShare = 0.05,
        MaxStaleness = TimeSpan.FromMinutes(1),
        CriticalStaleness = TimeSpan.FromMinutes(5),
        MinInterval = TimeSpan.FromHours(2),
        Stagger = TimeSpan.FromSeconds(30),
        YieldWhenBusy = true,
        MaxCost = 0.1,
        TimeZone = "Asia/Dubai",
        QuietHours = { new QuietHours { From = TimeSpan.FromHours(12), To = TimeSpan.FromHours(14) } },
    };
}
