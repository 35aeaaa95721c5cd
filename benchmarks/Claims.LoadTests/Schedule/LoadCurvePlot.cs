using System.Globalization;
using Claims.Ingestion.Scheduling;
using ScottPlot;
using ScottPlot.Plottables;
using ScottPlot.TickGenerators;

namespace Claims.LoadTests.Schedule;

/// <summary>A picture of the load of both strategies.</summary>
internal static class LoadCurvePlot
{
    private const int Limit = 20;

    // Of Okabe and Ito, told apart by everybody.
    private static readonly Color Vermilion = Color.FromHex("#D55E00");
    private static readonly Color Blue = Color.FromHex("#0072B2");
    private static readonly Color Grey = Color.FromHex("#555555");

    public static async Task SaveAsync(string path, CancellationToken cancellationToken)
    {
        using var plot = new Plot();
        await AddAsync(plot, ScheduleStrategy.Concurrent, Vermilion, cancellationToken);
        await AddAsync(plot, ScheduleStrategy.Staggered, Blue, cancellationToken);
        HorizontalLine limit = plot.Add.HorizontalLine(Place(Limit), 1.5f, Grey, LinePattern.Dashed);
        limit.LegendText = $"where MaxConcurrentFacilities = {Limit} would cut";
        Label(plot);
        plot.SavePng(path, 960, 480);
    }

    private static async Task AddAsync(Plot plot, ScheduleStrategy strategy, Color color, CancellationToken cancellationToken)
    {
        // Begins early enough that the first minutes, before polls overlap, are not shown.
        IReadOnlyList<(TimeSpan At, int InFlight)> curve = await LoadCurve.SimulateAsync(strategy, TimeSpan.FromMinutes(5), TimeSpan.FromMinutes(65), cancellationToken);
        Scatter line = plot.Add.ScatterLine(curve.Select(c => c.At.TotalMinutes).ToArray(), curve.Select(c => Place(c.InFlight)).ToArray(), color);
        line.ConnectStyle = ConnectStyle.StepHorizontal;
        line.LineWidth = 2;
        line.LegendText = $"{strategy}: at most {curve.Max(c => c.InFlight):N0} at once";
    }

    private static void Label(Plot plot)
    {
        plot.Title($"{LoadCurve.Facilities:N0} facilities, each polled every {LoadCurve.Interval.TotalMinutes} minutes for about 20 seconds", 18);
        plot.XLabel("time (minutes)", 15);
        plot.YLabel("facilities polled at once (logarithmic)", 15);
        int[] ticks = [0, 1, 2, 5, 10, 20, 50, 100, 200, 500, 1000];
        plot.Axes.Left.TickGenerator = new NumericManual([.. ticks.Select(t => Place(t))], [.. ticks.Select(t => t.ToString("N0", CultureInfo.InvariantCulture))]);
        plot.Axes.Bottom.TickGenerator = new NumericFixedInterval(10);
        plot.Axes.Left.TickLabelStyle.FontSize = 13;
        plot.Axes.Bottom.TickLabelStyle.FontSize = 13;
        plot.Axes.SetLimits(-2, 62, 0, Place(2000));
        plot.Legend.FontSize = 14;
        plot.ShowLegend(Alignment.UpperCenter);
    }

    /// <summary>A logarithmic scale that also shows nothing.</summary>
    private static double Place(int count) => Math.Log10(1 + count);
}
