using System.Globalization;
using ScottPlot;
using ScottPlot.TickGenerators;

namespace Claims.LoadTests.Facilities.Output;

/// <summary>Milliseconds on a logarithmic axis.</summary>
internal static class LogAxis
{
    private const double Least = 0.1;

    public static double Place(double milliseconds) => Math.Log10(Math.Max(Least, milliseconds));

    /// <summary>Labels the left axis with the powers of ten between two values, and makes room for them.</summary>
    /// <returns>The places of both ends.</returns>
    public static (double Low, double High) Label(Plot plot, double least, double most)
    {
        double low = Math.Floor(Place(least)), high = Math.Ceiling(Place(most) + 0.05);
        double[] powers = [.. Enumerable.Range((int)low, (int)(high - low) + 1).Select(power => (double)power)];
        plot.Axes.Left.TickGenerator = new NumericManual(powers, [.. powers.Select(power => Math.Pow(10, power).ToString("#,0.##", CultureInfo.InvariantCulture))]);
        return (low, high);
    }
}
