using System.CommandLine;
using Claims.Ingestion.Scheduling;

namespace Claims.LoadTests.Schedule;

/// <summary><c>schedule</c>: what the scheduler alone costs, and how exact it is.</summary>
internal static class ScheduleCommand
{
    public static Command Create()
    {
        var facilities = new Option<int>("--facilities") { Description = "How many facilities there are.", Required = true };
        var seconds = new Option<double>("--seconds") { Description = "How long it is measured by the real clock.", DefaultValueFactory = _ => 60 };
        var hours = new Option<double>("--hours") { Description = "How much time is simulated to see what memory grows.", DefaultValueFactory = _ => 1 };
        var interval = new Option<TimeSpan>("--interval") { Description = "The time between two polls of a facility.", DefaultValueFactory = _ => new SchedulingOptions().Interval };
        var strategy = new Option<ScheduleStrategy>("--strategy") { Description = "How the polls are spread." };
        var plots = new Option<DirectoryInfo?>("--plots") { Description = "A folder to draw the load of both strategies in." };
        Option<FileInfo?> json = Report.JsonOption();
        var command = new Command("schedule", "What the scheduler alone costs, and how exact it is.") { facilities, seconds, hours, interval, strategy, plots, json };
        command.SetAction((parsed, cancellationToken) => RunAsync(
            new ScheduleSettings(parsed.GetRequiredValue(facilities), parsed.GetValue(interval), parsed.GetValue(strategy)),
            TimeSpan.FromSeconds(parsed.GetValue(seconds)),
            TimeSpan.FromHours(parsed.GetValue(hours)),
            parsed.GetValue(plots),
            parsed.GetValue(json),
            cancellationToken));
        return command;
    }

    private static async Task<int> RunAsync(
        ScheduleSettings settings, TimeSpan realTime, TimeSpan simulatedTime, DirectoryInfo? plots, FileInfo? json, CancellationToken cancellationToken)
    {
        var real = new RealTimeRun(settings, realTime);
        await real.RunAsync(cancellationToken);
        var simulated = new SimulatedRun(settings, simulatedTime);
        await simulated.RunAsync(cancellationToken);
        if (plots is not null)
        {
            plots.Create();
            await LoadCurvePlot.SaveAsync(Path.Combine(plots.FullName, "staggered-against-concurrent.png"), cancellationToken);
        }

        var result = new ScheduleResult
        {
            Facilities = settings.FacilityCount,
            Strategy = settings.Strategy,
            Polls = real.StartErrors.Length,
            ExpectedPolls = real.ExpectedPolls,
            StartErrorP50Ms = Rounded(real.StartErrors, 0.5),
            StartErrorP99Ms = Rounded(real.StartErrors, 0.99),
            TimerErrorP99Ms = Rounded(real.TimerErrors, 0.99),
            MaxInFlight = real.MaxInFlight,
            CpuPct = Math.Round(real.CpuPercent, 3),
            IdleCpuPct = Math.Round(real.IdleCpuPercent, 3),
            HeapFirstQuarterMb = Math.Round(simulated.HeapFirstQuarterMb, 3),
            HeapEndMb = Math.Round(simulated.HeapEndMb, 3),
        };
        return await Report.WriteAsync(result, [.. real.Problems, .. simulated.Problems], json, cancellationToken);
    }

    private static double Rounded(double[] values, double share) => Math.Round(Quantile.Of(values, share), 3);
}
