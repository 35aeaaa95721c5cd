using System.CommandLine;
using ScottPlot;
using ScottPlot.Plottables;

namespace Claims.LoadTests.Governing;

/// <summary><c>governor-plot</c>: what the governor does when ingestion begins and when five times the users come, on a simulated database.</summary>
internal static class GovernorPlotCommand
{
    private static readonly Color Vermilion = Color.FromHex("#D55E00");
    private static readonly Color Blue = Color.FromHex("#0072B2");
    private static readonly Color Grey = Color.FromHex("#555555");

    private static readonly TimeSpan _quiet = TimeSpan.FromSeconds(20);
    private static readonly TimeSpan _alone = TimeSpan.FromSeconds(60);
    private static readonly TimeSpan _burst = TimeSpan.FromSeconds(60);
    private static readonly TimeSpan _after = TimeSpan.FromSeconds(60);

    public static Command Create()
    {
        var folder = new Option<DirectoryInfo>("--out") { Description = "A folder for the picture.", Required = true };
        var command = new Command("governor-plot", "Draws what the governor does when ingestion begins and when five times the users come, simulated.") { folder };
        command.SetAction(parsed =>
        {
            DirectoryInfo place = parsed.GetRequiredValue(folder);
            place.Create();
            Save(Path.Combine(place.FullName, "governor.png"));
        });
        return command;
    }

    private static void Save(string path)
    {
        var run = new SimulatedUsers { Users = 0.1 };
        run.Run(_quiet);
        run.IsIngesting = true;
        run.Run(_alone);
        run.Users = 0.5;
        run.Run(_burst);
        run.Users = 0.1;
        run.Run(_after);

        Fonts.Default = "DejaVu Sans";
        var pictures = new Multiplot();
        pictures.AddPlots(2);
        Plot latency = pictures.GetPlot(0), share = pictures.GetPlot(1);
        latency.Title("The governor on a simulated database: users' latency, and what is left for ingestion", 17);
        double[] seconds = [.. run.Steps.Select(s => s.Now.TotalSeconds)];
        Line(latency, seconds, run.Steps.Select(s => Math.Min(s.Ratio, 4)), Blue);
        Line(share, seconds, run.Steps.Select(s => 100 * s.Share), Vermilion);
        latency.Add.HorizontalLine(1.25, 1.5f, Grey, LinePattern.Dashed);
        Label(latency, "target: 1.25", 1, 1.38, Alignment.LowerLeft);
        latency.YLabel("latency, as a multiple\nof that without ingestion", 14);
        latency.Axes.SetLimitsY(0.8, 4.1);
        share.YLabel("share of its full\nspeed (%)", 14);
        share.Axes.SetLimitsY(0, 108);
        share.XLabel("seconds", 14);
        (TimeSpan At, string Text)[] events = [(_quiet, "ingestion begins"), (_quiet + _alone, "five times the users"), (_quiet + _alone + _burst, "the users of before")];
        foreach ((TimeSpan at, string text) in events)
        {
            foreach (Plot plot in new[] { latency, share }) plot.Add.VerticalLine(at.TotalSeconds, 1, Grey.WithAlpha(0.5), LinePattern.Dotted);
            Label(latency, text, at.TotalSeconds + 1, 3.75, Alignment.MiddleLeft);
        }

        foreach (Plot plot in new[] { latency, share })
        {
            plot.HideGrid();
            plot.Axes.SetLimitsX(0, seconds[^1]);
            plot.Axes.Left.MinimumSize = plot.Axes.Left.MaximumSize = 85;
            plot.Axes.Left.TickLabelStyle.FontSize = plot.Axes.Bottom.TickLabelStyle.FontSize = 13;
        }

        pictures.SavePng(path, 960, 560);
    }

    private static void Line(Plot plot, double[] at, IEnumerable<double> values, Color color)
    {
        Scatter line = plot.Add.ScatterLine(at, [.. values], color);
        line.LineWidth = 2;
    }

    private static void Label(Plot plot, string text, double at, double height, Alignment alignment)
    {
        Text label = plot.Add.Text(text, at, height);
        label.LabelFontSize = 14;
        label.LabelFontColor = Grey;
        label.LabelAlignment = alignment;
    }
}
