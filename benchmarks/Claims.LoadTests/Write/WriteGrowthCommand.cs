using System.CommandLine;
using Claims.Ingestion.Scheduling;
using Claims.LoadTests.Ingest;
using Claims.Measuring;

namespace Claims.LoadTests.Write;

/// <summary><c>write-growth</c>: the rate of the whole ingestion while the tables grow.</summary>
internal static class WriteGrowthCommand
{
    private const int Million = 1_000_000;
    private const int LastSteps = 3;

    public static Command Create()
    {
        var claims = new Option<int>("--claims") { Description = "How many claims are stored in all.", Required = true };
        var first = new Option<int>("--first") { Description = "How many of them in the first step.", DefaultValueFactory = _ => 100_000 };
        var step = new Option<int>("--step") { Description = "How many in each further step.", DefaultValueFactory = _ => 300_000 };
        Option<int> perFile = WholeIngestion.PerFileOption(500);
        Option<int> facilities = WholeIngestion.FacilitiesOption();
        Option<string[]> set = WholeIngestion.SettingsOption();
        Option<FileInfo?> json = Report.JsonOption();
        var command = new Command("write-growth", "The rate of the whole ingestion while the tables grow.") { claims, first, step, perFile, facilities, set, json };
        command.SetAction((parsed, cancellationToken) => RunAsync(
            parsed.GetRequiredValue(claims), parsed.GetValue(first), parsed.GetValue(step), parsed.GetValue(perFile), parsed.GetValue(facilities),
            parsed.GetValue(set) ?? [], parsed.GetValue(json), cancellationToken));
        return command;
    }

    private static async Task<int> RunAsync(
        int claims, int first, int step, int perFile, int facilities, string[] settings, FileInfo? json, CancellationToken cancellationToken)
    {
        await using BenchmarkDatabase database = await BenchmarkDatabase.StartAsync(WriteServer.Settings);
        using IngestProcess process = IngestProcess.Start(database.ConnectionString, settings);
        var problems = new List<string>();
        var steps = new List<GrowthStep>();
        (long stored, long activities, double seconds, double? million) = (0, 0, 0, null);
        int files = 0;

        // A step that does not count compiles the code.
        for (int n = -1; stored < claims; n++)
        {
            using var folders = new ClaimFolders((int)Math.Min(n <= 0 ? first : step, claims - stored), perFile, facilities, files);
            files += folders.Files;
            (IngestionRun run, _) = await process.PollAsync(folders.NewInbox(), cancellationToken);
            if (folders.Difference(run.Total) is { } difference) problems.Add($"step {n}: {difference}");
            if (n < 0)
            {
                await ClaimTables.ClearAsync(database);
                continue;
            }

            double rate = folders.Claims / run.Elapsed.TotalSeconds;
            if (stored < Million && stored + folders.Claims >= Million) million = Math.Round(seconds + ((Million - stored) / rate), 1);
            steps.Add(new GrowthStep(stored, Math.Round(rate)));
            await Console.Error.WriteLineAsync(FormattableString.Invariant($"step {n}: {rate:F0} claims/s on top of {stored} claims"));
            (stored, activities, seconds) = (stored + folders.Claims, activities + folders.Activities, seconds + run.Elapsed.TotalSeconds);
        }

        long rows = await database.ScalarAsync<long>("SELECT count(*) FROM claims.claim");
        long activityRows = await database.ScalarAsync<long>("SELECT count(*) FROM claims.activity");
        if (rows != stored || activityRows != activities) problems.Add($"the tables hold {rows} claims, {activityRows} activities of {stored}, {activities}");
        double last = Median.Of(steps.TakeLast(LastSteps).Select(s => s.ClaimsPerS));
        return await Report.WriteAsync(
            new WriteGrowthResult
            {
                Claims = stored,
                ClaimsPerFile = perFile,
                FirstClaimsPerS = steps[0].ClaimsPerS,
                LastClaimsPerS = last,
                Ratio = Math.Round(last / steps[0].ClaimsPerS, 3),
                FirstMillionS = million,
                DatabaseGb = Math.Round(await database.ScalarAsync<long>("SELECT pg_database_size(current_database())") / 1e9, 2),
                Steps = steps,
            },
            problems,
            json,
            cancellationToken);
    }
}
