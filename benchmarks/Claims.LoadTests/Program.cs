using System.CommandLine;
using Claims.LoadTests.Dashboard;
using Claims.LoadTests.Deadlocks;
using Claims.LoadTests.Facilities;
using Claims.LoadTests.Facilities.Hosted;
using Claims.LoadTests.Governing;
using Claims.LoadTests.Ingest;
using Claims.LoadTests.Memory;
using Claims.LoadTests.Peers;
using Claims.LoadTests.Plots;
using Claims.LoadTests.Routing;
using Claims.LoadTests.Schedule;
using Claims.LoadTests.Telemetry;
using Claims.LoadTests.Views;
using Claims.LoadTests.Write;

namespace Claims.LoadTests;

internal static class Program
{
    private static async Task<int> Main(string[] args)
    {
        if (!OwnProcess.HasYoungMemory) return await OwnProcess.RunAgainAsync(args);
        var smoke = new Option<bool>("--smoke") { Description = "Runs short forms of the scenarios, to see that they work. Measures nothing." };
        var root = new RootCommand("Puts load on the ingestion, measures what that costs, and checks the result.")
        {
            smoke,
            ScheduleCommand.Create(), SchedulePlotCommand.Create(), RefreshWeekCommand.Create(),
            WriteFloorCommand.Create(), WriteGrowthCommand.Create(), WritePoisonCommand.Create(), WritePeersCommand.Create(), WritePlotCommand.Create(),
            TelemetryCommand.Create(),
            MemoryCommand.Create(), IngestCommand.Create(),
            DeadlocksCommand.Create(), StoreCommand.Create(),
            RoutingCommand.Create(), FailoverCommand.Create(),
            GovernorPlotCommand.Create(),
            ViewsCommand.Create(), ViewReadersCommand.Create(),
            FacilitiesCommand.Create(), HostCommand.Create(),
            DashboardCommand.Create(),
        };
        root.SetAction((parsed, cancellationToken) =>
            parsed.GetValue(smoke) ? SmokeRun.RunAsync(root, cancellationToken) : root.Parse(["--help"]).InvokeAsync(cancellationToken: cancellationToken));
        return await root.Parse(args).InvokeAsync();
    }
}
