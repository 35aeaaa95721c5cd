using System.CommandLine;

namespace FacilityGateway;

/// <summary><c>generate</c>: writes a world to folders and tells what must be found in it.</summary>
internal static class GenerateCommand
{
    public static Command Create()
    {
        var directory = new Option<DirectoryInfo>("--out") { Description = "The folder to write to; each facility gets a folder in it.", Required = true };
        var world = new WorldArguments();
        var truth = new Option<FileInfo?>("--truth") { Description = "A JSON file to write to what must be found, with the rows of the reports." };
        var command = new Command("generate", "Writes claim files to folders.") { directory, truth };
        world.AddTo(command);
        command.SetAction((parsed, cancellationToken) =>
            RunAsync(world.Read(parsed), parsed.GetRequiredValue(directory), parsed.GetValue(truth), parsed.InvocationConfiguration.Output, cancellationToken));
        return command;
    }

    private static async Task RunAsync(WorldOptions options, DirectoryInfo directory, FileInfo? truthFile, TextWriter output, CancellationToken cancellationToken)
    {
        var truth = await InboxWriter.WriteAsync(new World(options), directory.FullName, reports: truthFile is not null, cancellationToken).ConfigureAwait(false);
        if (truthFile is not null)
        {
            await using var stream = truthFile.Create();
            await truth.WriteJsonAsync(stream, cancellationToken).ConfigureAwait(false);
        }

        await output.WriteLineAsync($"expected {truth}").ConfigureAwait(false);
    }
}
