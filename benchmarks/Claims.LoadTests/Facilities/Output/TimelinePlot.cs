using Claims.LoadTests.Facilities.Hosted;
using Claims.LoadTests.Plots;
using ScottPlot;
using ScottPlot.Plottables;

namespace Claims.LoadTests.Facilities.Output;

/// <summary>A picture of the latencies second by second, above that of what was stored and, where there is a governor, of what it left the ingestion.</summary>
internal static class TimelinePlot
{
    private const int Width = 1000;
    private const int PlotHeight = 320;
    private const float LeftRoom = 90;
    private const float RightRoom = 20;

    // In powers of ten.
    private const double LegendRoom = 0.8;

    public static void Save(string path, FacilitiesSettings settings, ProfileOutcome outcome)
    {
        Fonts.Default = "DejaVu Sans";
        var both = new Multiplot();
        // The arrangement of today has none that it obeys.
        bool isGoverned = outcome.Profile == LoadProfile.Library && outcome.Phases.Any(phase => phase.Host.Governor.Count > 0);
        both.AddPlots(isGoverned ? 3 : 2);
        Plot[] plots = both.GetPlots();
        (Plot latency, Plot stored, Plot last) = (plots[0], plots[1], plots[^1]);
        (Phase Phase, double Start)[] phases = [.. outcome.Phases.Select((phase, n) => (phase, outcome.Phases.Take(n).Sum(before => before.Length.TotalSeconds)))];
        double end = outcome.Phases.Sum(phase => phase.Length.TotalSeconds);
        DrawLatency(latency, phases);
        latency.Title(TitleOf(settings, outcome.Profile), 17);
        DrawStored(stored, phases);
        if (isGoverned) DrawShare(last, phases);
        last.XLabel("seconds that count; shaded while files are delivered and polled", 14);
        foreach (Plot plot in plots)
        {
            foreach ((Phase busy, double start) in phases.Where(phase => phase.Phase.IsBusy))
            {
                HorizontalSpan span = plot.Add.HorizontalSpan(start, start + busy.Length.TotalSeconds, PlotColors.Grey.WithAlpha(0.10));
                span.LineStyle.IsVisible = false;
                plot.MoveToBack(span);
            }

            AxisLimits limits = plot.Axes.GetLimits();
            plot.Axes.SetLimits(0, end, limits.Bottom, limits.Top);
            plot.Axes.Left.MinimumSize = plot.Axes.Left.MaximumSize = LeftRoom;
            plot.Axes.Right.MinimumSize = plot.Axes.Right.MaximumSize = RightRoom;
            plot.Axes.Left.TickLabelStyle.FontSize = plot.Axes.Bottom.TickLabelStyle.FontSize = 13;
        }

        both.SavePng(path, Width, PlotHeight * plots.Length);
    }

    private static string TitleOf(FacilitiesSettings settings, LoadProfile profile)
    {
        string who = profile == LoadProfile.Today ? "one pool, all at once, row by row" : $"Claims.Ingestion, {settings.Strategy.ToString().ToLowerInvariant()}";
        string views = !settings.Views ? "" : profile == LoadProfile.Today ? ", blocking refreshes" : ", reports kept";
        return $"{settings.Count} facilities, {settings.Users} users: {who}{views}";
    }

    private static void DrawLatency(Plot plot, (Phase Phase, double Start)[] phases)
    {
        double most = 10;
        foreach ((Phase phase, double start) in phases)
        {
            (double Second, double P50, double P99)[] seconds =
            [
                .. phase.Requests.GroupBy(request => Math.Floor(request.Due.TotalSeconds)).Where(second => second.Key < Math.Floor(phase.Length.TotalSeconds)).OrderBy(second => second.Key)
                    .Select(second => (start + second.Key + 0.5, Of(second, 0.5), Of(second, 0.99))),
            ];
            if (seconds.Length == 0) continue;
            most = Math.Max(most, seconds.Max(second => second.P99));
            Draw(plot, [.. seconds.Select(second => second.Second)], [.. seconds.Select(second => LogAxis.Place(second.P99))], PlotColors.Vermilion, start == 0 ? "99 of 100 requests" : "");
            Draw(plot, [.. seconds.Select(second => second.Second)], [.. seconds.Select(second => LogAxis.Place(second.P50))], PlotColors.Blue, start == 0 ? "half of the requests" : "");
        }

        (double low, double high) = LogAxis.Label(plot, 1, most);
        plot.Axes.SetLimitsY(low, high + LegendRoom);
        plot.YLabel("answered within (ms, log scale)", 14);
        plot.ShowLegend(Alignment.UpperLeft).FontSize = 13;
    }

    private static double Of(IEnumerable<Routing.Request> requests, double share) => Quantile.Of(requests.Select(request => request.Latency.TotalMilliseconds), share);

    private static void Draw(Plot plot, double[] seconds, double[] places, Color color, string legend)
    {
        Scatter line = plot.Add.ScatterLine(seconds, places, color);
        line.LineWidth = 2;
        line.LegendText = legend;
    }

    private static void DrawShare(Plot plot, (Phase Phase, double Start)[] phases)
    {
        foreach ((Phase phase, double start) in phases.Where(phase => phase.Phase.Host.Governor.Count > 0))
        {
            // Each holds until the next one.
            double length = phase.Length.TotalSeconds;
            GovernorSample[] shares = [.. phase.Host.Governor.Where(sample => sample.Second < length)];
            double[] seconds = [.. shares.SelectMany((sample, n) => new[] { start + sample.Second, start + (n + 1 < shares.Length ? shares[n + 1].Second : length) })];
            Draw(plot, seconds, [.. shares.SelectMany(sample => new[] { sample.Share, sample.Share })], PlotColors.Blue, "");
        }

        plot.Axes.SetLimitsY(0, 1.1);
        plot.YLabel("share left by the governor", 14);
    }

    private static void DrawStored(Plot plot, (Phase Phase, double Start)[] phases)
    {
        Bar[] bars =
        [
            .. phases.SelectMany(phase => phase.Phase.Stored.Select(second => new Bar
            {
                Position = phase.Start + second.Second + 0.5, Value = second.Claims, FillColor = PlotColors.Sky, LineWidth = 0, Size = 1,
            })),
        ];
        if (bars.Length > 0) plot.Add.Bars(bars);
        plot.Axes.SetLimitsY(0, 1.1 * bars.Select(bar => bar.Value).DefaultIfEmpty(1).Max());
        plot.YLabel("claims stored in a second", 14);
    }
}
