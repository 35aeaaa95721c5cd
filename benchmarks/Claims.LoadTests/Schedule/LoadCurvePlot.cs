using System.Globalization;
using Claims.Ingestion.Scheduling;
using Claims.LoadTests.Plots;
using ScottPlot;
using ScottPlot.Plottables;
using ScottPlot.TickGenerators;

namespace Claims.LoadTests.Schedule;

/// <summary>A picture of the load of both strategies.</summary>
internal static class LoadCurvePlot
{
    private const int Limit = 20;
    private const int Start = -2;
    private const int End = 62;

    public static async Task SaveAsync(string path, CancellationToken cancellationToken)
    {
        Fonts.Default = "DejaVu Sans";
        using var plot = new Plot();
        int[] concurrent = await DrawAsync(plot, ScheduleStrategy.Concurrent, PlotColors.Vermilion, cancellationToken);
        int[] staggered = await DrawAsync(plot, ScheduleStrategy.Staggered, PlotColors.Blue, cancellationToken);
        plot.Add.HorizontalLine(Place(Limit), 1.5f, PlotColors.Grey, LinePattern.Dashed);
        Label(plot, $"Concurrent: {concurrent.Max():N0} at once, then none", 600, PlotColors.Vermilion);
        Label(plot, $"Staggered: {staggered.Min():N0} to {staggered.Max():N0} at once, all the time", 4, PlotColors.Blue);
        Label(plot, $"a limit of {Limit} would cut here", 26, PlotColors.Grey);
        Describe(plot);
        plot.SavePng(path, 960, 480);
    }

    private static async Task<int[]> DrawAsync(Plot plot, ScheduleStrategy strategy, Color color, CancellationToken cancellationToken)
    {
        // It begins early enough that the first minutes, before polls overlap, are not shown.
        IReadOnlyList<(TimeSpan At, int InFlight)> curve = await LoadCurve.SimulateAsync(strategy, TimeSpan.FromMinutes(5), TimeSpan.FromMinutes(End), cancellationToken);
        (TimeSpan At, int InFlight)[] shown = [.. curve.Where(c => c.At.TotalMinutes >= Start)];
        Scatter line = plot.Add.ScatterLine(shown.Select(c => c.At.TotalMinutes).ToArray(), shown.Select(c => Place(c.InFlight)).ToArray(), color);
        line.ConnectStyle = ConnectStyle.StepHorizontal;
        line.LineWidth = 2;
        return [.. shown.Select(c => c.InFlight)];
    }

    private static void Label(Plot plot, string text, int height, Color color)
    {
        Text label = plot.Add.Text(text, 1.5, Place(height));
        label.LabelFontColor = color;
        label.LabelFontSize = 16;
        label.LabelBold = true;
        label.LabelAlignment = Alignment.MiddleLeft;
    }

    private static void Describe(Plot plot)
    {
        plot.Title($"{LoadCurve.Facilities:N0} facilities, each polled every {LoadCurve.Interval.TotalMinutes} minutes for about 20 seconds", 18);
        plot.XLabel("time (minutes)", 15);
        plot.YLabel("facilities polled at once (log scale)", 15);
        int[] ticks = [0, 1, 2, 5, 10, 20, 50, 100, 200, 500, 1000];
        plot.Axes.Left.TickGenerator = new NumericManual([.. ticks.Select(t => Place(t))], [.. ticks.Select(t => t.ToString("N0", CultureInfo.InvariantCulture))]);
        plot.Axes.Bottom.TickGenerator = new NumericFixedInterval(10);
        plot.Axes.Left.TickLabelStyle.FontSize = 13;
        plot.Axes.Bottom.TickLabelStyle.FontSize = 13;
        plot.Axes.SetLimits(Start, End, -0.05, Place(2000));
    }

    /// <summary>A logarithmic scale that also shows nothing.</summary>
    private static double Place(int count) => Math.Log10(1 + count);
}
