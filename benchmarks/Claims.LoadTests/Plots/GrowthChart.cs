using Claims.LoadTests.Write;
using ScottPlot;
using ScottPlot.Plottables;
using ScottPlot.TickGenerators;

namespace Claims.LoadTests.Plots;

/// <summary>The rate of the ingestion over the claims that were stored before.</summary>
internal static class GrowthChart
{
    private const double Million = 1e6;

    // Of Okabe and Ito, told apart by everybody.
    private static readonly Color Blue = Color.FromHex("#0072B2");
    private static readonly Color Grey = Color.FromHex("#8C8C8C");

    public static void Save(string path, WriteGrowthResult result)
    {
        Fonts.Default = "DejaVu Sans";
        using var plot = new Plot();
        Scatter line = plot.Add.Scatter(result.Steps.Select(s => s.StoredBefore / Million).ToArray(), result.Steps.Select(s => s.ClaimsPerS).ToArray(), Blue);
        line.LineWidth = 2;
        line.MarkerSize = 7;
        plot.Add.HorizontalLine(result.FirstClaimsPerS * 0.8, 1.5f, Grey, LinePattern.Dashed);
        plot.Title($"{BarChart.Number(result.Claims / Million)} million claims; dashed: 0.8 of the rate of the first step", 18);
        plot.XLabel("claims stored before (millions)", 15);
        plot.YLabel("claims a second", 15);
        plot.Axes.Left.TickGenerator = new NumericAutomatic { LabelFormatter = BarChart.Number };
        plot.Axes.SetLimitsY(0, result.Steps.Max(s => s.ClaimsPerS) * 1.1);
        plot.SavePng(path, 960, 420);
    }
}
