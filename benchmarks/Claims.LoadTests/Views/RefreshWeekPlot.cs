using Claims.Ingestion.Views;
using ScottPlot;
using ScottPlot.Plottables;
using ScottPlot.TickGenerators;

namespace Claims.LoadTests.Views;

/// <summary>A picture of a simulated week: what changes, how often the views are refreshed for it, and how long changes wait.</summary>
internal static class RefreshWeekPlot
{
    private const int Hours = RefreshWeek.Days * 24;
    private const double Hour = 3600;

    // Of Okabe and Ito, told apart by everybody.
    private static readonly Color Vermilion = Color.FromHex("#D55E00");
    private static readonly Color Blue = Color.FromHex("#0072B2");
    private static readonly Color Grey = Color.FromHex("#555555");

    public static void Save(string path, RefreshWeek week)
    {
        Fonts.Default = "DejaVu Sans";
        var pictures = new Multiplot();
        pictures.AddPlots(3);
        Plot changes = pictures.GetPlot(0), refreshes = pictures.GetPlot(1), waits = pictures.GetPlot(2);
        changes.Title($"A week of {week.Changes / 1e6:F1} million claims: {week.Refreshes.Count:N0} refreshes of three views at {week.Checks:N0} checks", 18);
        Bars(changes, hour => week.Arrived(hour * Hour, (hour + 1) * Hour) / 1000.0, Blue);
        Bars(refreshes, hour => week.Refreshes.Count(r => Math.Floor(r.Start / Hour) == hour), Vermilion);
        Points(waits, [.. week.Refreshes.Where(r => r.Verdict == RefreshVerdict.Refresh)], Blue);
        Points(waits, [.. week.Refreshes.Where(r => r.Verdict == RefreshVerdict.Require && r.Start > 60)], Vermilion);
        Limit(waits, RefreshWeek.Rules.CriticalStaleness!.Value.TotalMinutes);
        Describe(changes, "thousand claims\nan hour", isLast: false);
        Describe(refreshes, "refreshes\nan hour", isLast: false);
        Describe(waits, "longest wait\n(minutes)", isLast: true);
        Label(changes, "grey: quiet hours", changes.Axes.GetLimits().Top * 0.92, Grey);
        pictures.SavePng(path, 960, 640);
    }

    private static void Bars(Plot plot, Func<int, double> valueOf, Color color)
    {
        BarPlot bars = plot.Add.Bars(Enumerable.Range(0, Hours).Select(hour => new Bar { Position = hour + 0.5, Value = valueOf(hour), FillColor = color, LineWidth = 0, Size = 0.9 }).ToArray());
        plot.Axes.SetLimitsY(0, bars.Bars.Max(b => b.Value) * 1.15);
    }

    private static void Points(Plot plot, SimulatedRefresh[] refreshes, Color color)
    {
        Scatter points = plot.Add.ScatterPoints(refreshes.Select(r => r.Start / Hour).ToArray(), refreshes.Select(r => r.Waited / 60).ToArray(), color);
        points.MarkerSize = 4;
    }

    private static void Limit(Plot plot, double height)
    {
        plot.Add.HorizontalLine(height, 1.5f, Grey, LinePattern.Dashed);
        plot.Axes.SetLimitsY(0, height * 1.35);
        Label(plot, FormattableString.Invariant($"at {height:F0} minutes it is required, even in quiet hours"), height + 7, Vermilion);
        Label(plot, "above 15: it was put off", height - 13, Blue);
    }

    private static void Label(Plot plot, string text, double height, Color color)
    {
        Text label = plot.Add.Text(text, Hours - 1, height);
        label.LabelFontColor = color;
        label.LabelFontSize = 14;
        label.LabelBold = true;
        label.LabelAlignment = Alignment.MiddleRight;
    }

    private static void Describe(Plot plot, string axis, bool isLast)
    {
        foreach ((double from, double to) in RefreshWeek.QuietSpans) plot.Add.HorizontalSpan(from / Hour, to / Hour, Grey.WithAlpha(0.18)).LineStyle.Width = 0;
        string[] days = ["Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday"];
        plot.Axes.Bottom.TickGenerator = new NumericManual([.. days.Select((_, day) => day * 24.0 + 12)], isLast ? days : [.. days.Select(_ => "")]);
        plot.Axes.Bottom.MajorTickStyle.Length = 0;
        plot.Axes.Bottom.TickLabelStyle.FontSize = 14;
        plot.Axes.Left.TickLabelStyle.FontSize = 13;
        plot.Axes.Left.MinimumSize = plot.Axes.Left.MaximumSize = 85;
        plot.YLabel(axis, 14);
        plot.HideGrid();
        for (int day = 1; day < RefreshWeek.Days; day++) plot.Add.VerticalLine(day * 24, 1, Grey.WithAlpha(0.3));
        plot.Axes.SetLimitsX(0, Hours);
    }
}
