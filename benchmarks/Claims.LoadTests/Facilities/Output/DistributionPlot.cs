using System.Globalization;
using Claims.LoadTests.Plots;
using HdrHistogram;
using ScottPlot;
using ScottPlot.Plottables;
using ScottPlot.TickGenerators;

namespace Claims.LoadTests.Facilities.Output;

/// <summary>A picture of all latencies: how many requests of how many were answered within which time, with users only and with ingestion.</summary>
internal static class DistributionPlot
{
    private const int PointsOfTen = 50;

    // One of so many requests, and what is said of it.
    private static readonly (double One, string Text)[] Ticks =
    [
        (1, "0 %"), (10, "90 %"), (100, "99 %"), (1000, "99.9 %"), (10_000, "99.99 %"),
    ];

    public static void Save(string path, FacilitiesSettings settings, IReadOnlyList<ProfileOutcome> outcomes)
    {
        Fonts.Default = "DejaVu Sans";
        using var plot = new Plot();
        double most = 10, rarest = 10;
        foreach (ProfileOutcome outcome in outcomes)
        {
            (string name, Color color) = outcome.Profile == LoadProfile.Today ? ("today", PlotColors.Vermilion) : ("Claims.Ingestion", PlotColors.Blue);
            foreach (bool isBusy in new[] { true, false })
            {
                LongHistogram histogram = Latencies.Of(outcome.Phases.Where(phase => phase.IsBusy == isBusy).SelectMany(phase => phase.Requests));
                if (histogram.TotalCount == 0) continue;
                (most, rarest) = (Math.Max(most, histogram.Max()), Math.Max(rarest, histogram.TotalCount));
                Draw(plot, histogram, isBusy, color, isBusy ? $"{name}, with ingestion" : $"{name}, users only");
            }
        }

        (double low, double high) = LogAxis.Label(plot, 1, most);
        double end = Math.Log10(rarest);
        plot.Axes.Bottom.TickGenerator = new NumericManual([.. Ticks.Select(tick => Math.Log10(tick.One))], [.. Ticks.Select(tick => tick.Text)]);
        plot.Axes.SetLimits(0, end, low, high);
        plot.Title(string.Create(CultureInfo.InvariantCulture, $"{settings.Count} facilities, {settings.Users} users"), 18);
        plot.XLabel("share of the requests", 15);
        plot.YLabel("answered within (ms, log scale)", 15);
        plot.Axes.Left.TickLabelStyle.FontSize = plot.Axes.Bottom.TickLabelStyle.FontSize = 13;
        plot.ShowLegend(Alignment.LowerRight).FontSize = 14;
        plot.SavePng(path, 960, 520);
    }

    private static void Draw(Plot plot, LongHistogram histogram, bool isBusy, Color color, string legend)
    {
        // Evenly on the axis, as far as there are requests.
        double[] places = [.. Enumerable.Range(0, (int)(Math.Log10(histogram.TotalCount) * PointsOfTen) + 1).Select(n => (double)n / PointsOfTen)];
        double[] values = [.. places.Select(place => LogAxis.Place(histogram.Percentile(100 * (1 - Math.Pow(10, -place)))))];
        Scatter line = plot.Add.ScatterLine(places, values, color);
        line.LineWidth = isBusy ? 3 : 2;
        line.LinePattern = isBusy ? LinePattern.Solid : LinePattern.Dotted;
        line.LegendText = legend;
    }
}
