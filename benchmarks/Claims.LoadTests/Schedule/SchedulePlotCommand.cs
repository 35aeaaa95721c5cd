using System.CommandLine;

namespace Claims.LoadTests.Schedule;

/// <summary><c>schedule-plot</c>: draws the load of both strategies.</summary>
internal static class SchedulePlotCommand
{
    public static Command Create()
    {
        var file = new Option<FileInfo>("--out") { Description = "The PNG file to write.", Required = true };
        var command = new Command("schedule-plot", "Draws how many facilities are polled at once, staggered against concurrent.") { file };
        command.SetAction((parsed, cancellationToken) => LoadCurvePlot.SaveAsync(parsed.GetRequiredValue(file).FullName, cancellationToken));
        return command;
    }
}
