using System.CommandLine;

namespace FacilityGateway;

/// <summary><c>generate</c>: writes a world to folders and tells what must be found in it.</summary>
internal static class GenerateCommand
{
    private static readonly WorldOptions s_defaults = new();

    public static Command Create()
    {
        var directory = new Option<DirectoryInfo>("--out") { Description = "The folder to write to; each facility gets a folder in it.", Required = true };
        var facilities = new Option<int>("--facilities") { Description = "How many facilities.", DefaultValueFactory = _ => s_defaults.Facilities };
        var files = new Option<int>("--files") { Description = "How many files a facility.", DefaultValueFactory = _ => s_defaults.FilesPerFacility };
        var claims = new Option<int>("--claims") { Description = "How many claims a file, on average.", DefaultValueFactory = _ => s_defaults.ClaimsPerFile };
        var seed = new Option<int>("--seed") { Description = "The same seed makes the same bytes.", DefaultValueFactory = _ => s_defaults.Seed };
        var broken = new Option<double>("--broken") { Description = "The share of broken files, from 0 to 1.", DefaultValueFactory = _ => s_defaults.BrokenFileShare };
        var truth = new Option<FileInfo?>("--truth") { Description = "A JSON file to write to what must be found, with the rows of the reports." };
        var command = new Command("generate", "Writes claim files to folders.") { directory, facilities, files, claims, seed, broken, truth };
        command.SetAction((parsed, cancellationToken) =>
        {
            var options = new WorldOptions
            {
                Facilities = parsed.GetValue(facilities),
                FilesPerFacility = parsed.GetValue(files),
                ClaimsPerFile = parsed.GetValue(claims),
                Seed = parsed.GetValue(seed),
                BrokenFileShare = parsed.GetValue(broken),
            };
            var configuration = parsed.InvocationConfiguration;
            return RunAsync(options, parsed.GetRequiredValue(directory), parsed.GetValue(truth), configuration.Output, configuration.Error, cancellationToken);
        });
        return command;
    }

    private static async Task<int> RunAsync(
        WorldOptions options,
        DirectoryInfo directory,
        FileInfo? truthFile,
        TextWriter output,
        TextWriter error,
        CancellationToken cancellationToken)
    {
        try
        {
            var truth = await InboxWriter.WriteAsync(new World(options), directory.FullName, reports: truthFile is not null, cancellationToken).ConfigureAwait(false);
            if (truthFile is not null)
            {
                await using var stream = truthFile.Create();
                await truth.WriteJsonAsync(stream, cancellationToken).ConfigureAwait(false);
            }

            await output.WriteLineAsync($"expected {truth}").ConfigureAwait(false);
            return 0;
        }
        catch (Exception exception) when (exception is ArgumentException or IOException or UnauthorizedAccessException)
        {
            await error.WriteLineAsync(exception.Message).ConfigureAwait(false);
            return 1;
        }
    }
}
