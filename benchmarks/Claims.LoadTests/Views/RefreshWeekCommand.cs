using System.CommandLine;
using Claims.Ingestion.Views;

namespace Claims.LoadTests.Views;

/// <summary><c>refresh-week</c>: a week of the refresh rules, simulated in seconds.</summary>
internal static class RefreshWeekCommand
{
    public static Command Create()
    {
        var plots = new Option<DirectoryInfo?>("--plots") { Description = "A folder to draw the week in." };
        Option<FileInfo?> json = Report.JsonOption();
        var command = new Command("refresh-week", "A week of the rules by which materialized views are refreshed, simulated in seconds.") { plots, json };
        command.SetAction((parsed, cancellationToken) => RunAsync(parsed.GetValue(plots), parsed.GetValue(json), cancellationToken));
        return command;
    }

    private static async Task<int> RunAsync(DirectoryInfo? plots, FileInfo? json, CancellationToken cancellationToken)
    {
        RefreshWeek week = RefreshWeek.Run(RefreshWeek.Rules.ToPolicy(new RefreshRules()));
        if (plots is not null)
        {
            plots.Create();
            RefreshWeekPlot.Save(Path.Combine(plots.FullName, "refresh-week.png"), week);
        }

        return await Report.WriteAsync(Sum(week), week.FindProblems(), json, cancellationToken);
    }

    private static RefreshWeekResult Sum(RefreshWeek week) => new()
    {
        Days = RefreshWeek.Days,
        Changes = week.Changes,
        Checks = week.Checks,
        Refreshed = week.Refreshes.Count,
        Skipped = week.Count(RefreshVerdict.Skip),
        Deferred = week.Count(RefreshVerdict.Defer),
        Required = week.Count(RefreshVerdict.Require),
        MaxStalenessS = Math.Round(week.Refreshes.Max(r => r.Waited), 1),
        RefreshShare = Math.Round(RefreshWeek.Views.Sum(week.ShareOf), 3),
        Views =
        [
            .. RefreshWeek.Views.Select(view => new RefreshWeekView(
                view, week.Refreshes.Count(r => r.View == view), week.Refreshes.Count(r => r.View == view && r.Verdict == RefreshVerdict.Require),
                Math.Round(week.Refreshes.Where(r => r.View == view).Max(r => r.Waited), 1), Math.Round(week.ShareOf(view), 3))),
        ],
    };
}
