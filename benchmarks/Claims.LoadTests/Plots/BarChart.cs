using System.Globalization;
using ScottPlot;
using ScottPlot.Plottables;
using ScottPlot.TickGenerators;

namespace Claims.LoadTests.Plots;

/// <summary>A bar: its name at the left, its value as its length, and what is written at its end.</summary>
internal sealed record ChartBar(string Name, double Value, string Text, bool IsOurs = false);

/// <summary>Horizontal bars, from the top to the bottom, with their values beside them.</summary>
internal sealed class BarChart(string title, string axis, bool isLogarithmic)
{
    private const int Width = 960;
    private const int BarHeight = 52;
    private const int FrameHeight = 120;
    private const int LastTickRoom = 40;
    private const double Thickness = 0.62;

    // Room at the right of the longest bar, for its value.
    private const double TextRoom = 0.38;

    // Of Okabe and Ito, told apart by everybody.
    private static readonly Color Blue = Color.FromHex("#0072B2");
    private static readonly Color Grey = Color.FromHex("#8C8C8C");
    private static readonly Color Dark = Color.FromHex("#333333");

    public void Save(string path, IReadOnlyList<ChartBar> bars)
    {
        Fonts.Default = "DejaVu Sans";
        using var plot = new Plot();
        double start = isLogarithmic ? Math.Floor(Place(bars.Min(b => b.Value)) - 0.3) : 0, end = bars.Max(b => Place(b.Value));
        Bar[] shapes =
        [
            .. bars.Select((bar, n) => new Bar { Position = -n, ValueBase = start, Value = Place(bar.Value), FillColor = bar.IsOurs ? Blue : Grey, LineWidth = 0, Size = Thickness }),
        ];
        plot.Add.Bars(shapes).Horizontal = true;
        for (int n = 0; n < bars.Count; n++) Label(plot, bars[n], -n, (end - start) / 100);
        plot.Title(title, 18);
        plot.XLabel(axis, 15);
        plot.Axes.Left.TickGenerator = new NumericManual([.. bars.Select((_, n) => (double)-n)], [.. bars.Select(b => b.Name)]);
        plot.Axes.Left.TickLabelStyle.FontSize = 15;
        plot.Axes.Left.MajorTickStyle.Length = 0;
        plot.Axes.Bottom.TickLabelStyle.FontSize = 13;
        if (isLogarithmic) plot.Axes.Bottom.TickGenerator = Powers(start, end);
        else plot.Axes.Bottom.TickGenerator = new NumericAutomatic { LabelFormatter = Number };
        plot.HideGrid();
        plot.Axes.Right.FrameLineStyle.IsVisible = false;
        plot.Axes.Right.MinimumSize = LastTickRoom;
        plot.Axes.Top.FrameLineStyle.IsVisible = false;
        plot.Axes.SetLimits(start, end + TextRoom * (end - start), -bars.Count + 0.5, 0.5);
        plot.SavePng(path, Width, FrameHeight + BarHeight * bars.Count);
    }

    public static string Number(double value) => value.ToString("#,0.##", CultureInfo.InvariantCulture);

    private void Label(Plot plot, ChartBar bar, double position, double gap)
    {
        Text label = plot.Add.Text(bar.Text, Place(bar.Value) + gap, position);
        label.LabelFontColor = Dark;
        label.LabelFontSize = 15;
        label.LabelBold = bar.IsOurs;
        label.LabelAlignment = Alignment.MiddleLeft;
    }

    private double Place(double value) => isLogarithmic ? Math.Log10(value) : value;

    /// <summary>The powers of ten, each with its double and its fivefold.</summary>
    private static NumericManual Powers(double start, double end)
    {
        double[] values = [.. Enumerable.Range((int)start, (int)Math.Ceiling(end - start) + 1).SelectMany(power => new[] { 1, 2, 5 }.Select(n => n * Math.Pow(10, power)))];
        return new NumericManual([.. values.Select(Math.Log10)], [.. values.Select(Number)]);
    }
}
