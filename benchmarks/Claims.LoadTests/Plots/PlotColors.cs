using ScottPlot;

namespace Claims.LoadTests.Plots;

/// <summary>Colours of Okabe and Ito, told apart by everybody.</summary>
internal static class PlotColors
{
    public static readonly Color Blue = Color.FromHex("#0072B2");
    public static readonly Color Sky = Color.FromHex("#56B4E9");
    public static readonly Color Vermilion = Color.FromHex("#D55E00");
    public static readonly Color Grey = Color.FromHex("#555555");
}
