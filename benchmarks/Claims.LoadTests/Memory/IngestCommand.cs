using System.CommandLine;
using System.Globalization;
using Claims.Ingestion.Scheduling;
using Claims.LoadTests.Write;

namespace Claims.LoadTests.Memory;

/// <summary>The ingestion in a process of its own: for each line that comes in it polls all folders once and answers with what it stored.</summary>
internal static class IngestCommand
{
    public const string Name = "ingest";

    public static Command Create()
    {
        var connection = new Option<string>("--connection") { Required = true };
        var folders = new Option<DirectoryInfo>("--folders") { Required = true };
        Option<string[]> set = WholeIngestion.SettingsOption();
        var command = new Command(Name) { connection, folders, set };
        command.Hidden = true;
        command.SetAction((parsed, cancellationToken) =>
            RunAsync(parsed.GetRequiredValue(connection), parsed.GetRequiredValue(folders), parsed.GetValue(set) ?? [], cancellationToken));
        return command;
    }

    private static async Task<int> RunAsync(string connection, DirectoryInfo folders, string[] settings, CancellationToken cancellationToken)
    {
        Dictionary<string, string> facilities = folders.GetDirectories().ToDictionary(d => d.Name, d => d.FullName);
        await using WholeIngestion ingestion = await WholeIngestion.StartAsync(connection, facilities, settings);
        while (await Console.In.ReadLineAsync(cancellationToken) is not null)
        {
            (FacilityReport total, TimeSpan elapsed) = await ingestion.RunAsync(cancellationToken);
            Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{total.Stored} {total.Counts.Claims} {total.Counts.Activities} {elapsed.TotalSeconds}"));
        }

        return 0;
    }
}
