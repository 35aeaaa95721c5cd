using System.CommandLine;
using System.Text.Json;

namespace Claims.LoadTests.Ingest;

/// <summary>The ingestion in a process of its own: for each folder that it is told it polls the facilities in there once, and answers with what it stored.</summary>
internal static class IngestCommand
{
    public const string Name = "ingest";

    /// <summary>The option that turns all telemetry on.</summary>
    public const string Telemetry = "--telemetry";

    public static Command Create()
    {
        var connection = new Option<string>("--connection") { Required = true };
        Option<string[]> set = WholeIngestion.SettingsOption();
        var telemetry = new Option<bool>(Telemetry);
        var command = new Command(Name) { connection, set, telemetry };
        command.Hidden = true;
        command.SetAction((parsed, cancellationToken) => RunAsync(parsed.GetRequiredValue(connection), parsed.GetValue(set) ?? [], parsed.GetValue(telemetry), cancellationToken));
        return command;
    }

    private static async Task<int> RunAsync(string connection, string[] settings, bool withTelemetry, CancellationToken cancellationToken)
    {
        WholeIngestion? ingestion = null;
        try
        {
            string? polled = null;
            while (await Console.In.ReadLineAsync(cancellationToken) is { } inbox)
            {
                if (inbox != polled)
                {
                    if (ingestion is not null) await ingestion.DisposeAsync();
                    ingestion = await WholeIngestion.StartAsync(connection, new DirectoryInfo(polled = inbox).GetDirectories(), settings, withTelemetry);
                }

                Console.WriteLine(JsonSerializer.Serialize(await ingestion!.RunAsync(cancellationToken)));
            }

            return 0;
        }
        finally
        {
            if (ingestion is not null) await ingestion.DisposeAsync();
        }
    }
}
