using Claims.Ingestion.Views;
using Claims.LoadTests.Views;

namespace Claims.Ingestion.Tests.Views;

/// <summary>A simulated week of the rules that combine, and weeks in which one of them is missing: then the checks must notice.</summary>
public sealed class RefreshWeekTests
{
    [Fact]
    public void Run_WithItsRules_KeepsThemAllWeek()
    {
        RefreshWeek week = Run(RefreshWeek.Rules);

        Assert.Empty(week.FindProblems());
        Assert.Equal(week.Checks, week.Refreshes.Count + week.Count(RefreshVerdict.Skip) + week.Count(RefreshVerdict.Defer));
        Assert.InRange(week.Changes, 5_000_000, 7_000_000);
        Assert.All(RefreshWeek.Views, view => Assert.InRange(week.Refreshes.Count(r => r.View == view), 100, 3000));

        // Each kind of decision was needed: the first refreshes and those of the night are required, and something was put off.
        Assert.InRange(week.Count(RefreshVerdict.Require), 4, week.Refreshes.Count / 10);
        Assert.Contains(week.Refreshes, r => r is { IsQuiet: true, Verdict: RefreshVerdict.Require, Start: > 60 });
        Assert.True(week.Count(RefreshVerdict.Defer) > 0);
    }

    [Theory]
    [InlineData("CriticalStaleness", "a change waited ")]
    [InlineData("QuietHours", " refreshes in quiet hours were not required")]
    [InlineData("MaxCost", " of the time")]
    public void Run_WithoutARule_IsFoundWrong(string rule, string problem)
    {
        RefreshRules rules = RefreshWeek.Rules;
        if (rule == "CriticalStaleness") rules.CriticalStaleness = null;
        if (rule == "QuietHours") rules.QuietHours.Clear();
        if (rule == "MaxCost") rules.MaxCost = null;

        Assert.Contains(Run(rules).FindProblems(), found => found.Contains(problem, StringComparison.Ordinal));
    }

    [Fact]
    public void Run_WithoutAnyRule_IsFoundWrong()
    {
        IReadOnlyList<string> always = RefreshWeek.Run(new Always()).FindProblems(), once = Run(new RefreshRules()).FindProblems();

        Assert.Contains(always, found => found.Contains(" times though nothing had changed", StringComparison.Ordinal));
        Assert.Contains(always, found => found.EndsWith("more than one of 50", StringComparison.Ordinal));
        Assert.Contains(once, found => found.Contains("were not shown by mv_balance_amount_summary at the end", StringComparison.Ordinal));
    }

    private static RefreshWeek Run(RefreshRules rules) => RefreshWeek.Run(rules.ToPolicy(new RefreshRules()));

    private sealed class Always : IRefreshPolicy
    {
        public RefreshDecision Decide(ViewState view) => new(RefreshVerdict.Refresh, "always");
    }
}
