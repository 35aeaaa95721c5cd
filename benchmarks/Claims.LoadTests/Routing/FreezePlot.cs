using System.Globalization;
using Claims.LoadTests.Plots;
using ScottPlot;
using ScottPlot.Plottables;
using ScottPlot.TickGenerators;

namespace Claims.LoadTests.Routing;

/// <summary>A picture of each read while a replica is frozen.</summary>
internal static class FreezePlot
{
    public static void Save(string path, FreezeRun run)
    {
        Fonts.Default = "DejaVu Sans";
        using var plot = new Plot();
        double start = run.WarmUp.TotalSeconds, end = start + run.Frozen.TotalSeconds, last = run.OursRequests.Concat(run.NpgsqlRequests).Max(request => request.Due.TotalSeconds);
        plot.Add.HorizontalSpan(start, end, PlotColors.Grey.WithAlpha(0.12));
        Draw(plot, run.NpgsqlRequests, PlotColors.Vermilion);
        Draw(plot, run.OursRequests, PlotColors.Blue);
        Label(plot, "one replica is frozen", start, 4.65, PlotColors.Grey);
        Label(plot, "Npgsql over several hosts", start, 4.35, PlotColors.Vermilion);
        Label(plot, "Claims.Ingestion", start, 4.05, PlotColors.Blue);
        plot.Title("Reads while one of two replicas is frozen", 18);
        plot.XLabel("time when the read was due (seconds)", 15);
        plot.YLabel("milliseconds (log scale)", 15);
        double[] ticks = [1, 10, 100, 1000, 5000];
        plot.Axes.Left.TickGenerator = new NumericManual([.. ticks.Select(Math.Log10)], [.. ticks.Select(tick => tick.ToString("N0", CultureInfo.InvariantCulture))]);
        plot.Axes.Left.TickLabelStyle.FontSize = 13;
        plot.Axes.Bottom.TickLabelStyle.FontSize = 13;
        plot.Axes.SetLimits(0, last, -0.3, 4.9);
        plot.SavePng(path, 960, 480);
    }

    private static void Draw(Plot plot, IReadOnlyList<Request> requests, Color color)
    {
        Scatter points = plot.Add.ScatterPoints(requests.Select(r => r.Due.TotalSeconds).ToArray(), requests.Select(r => Math.Log10(r.Latency.TotalMilliseconds)).ToArray(), color);
        points.MarkerSize = 4;
    }

    private static void Label(Plot plot, string text, double second, double height, Color color)
    {
        Text label = plot.Add.Text(text, second, height);
        label.LabelFontColor = color;
        label.LabelFontSize = 15;
        label.LabelBold = true;
        label.LabelAlignment = Alignment.MiddleLeft;
    }
}
