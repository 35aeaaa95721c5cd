using System.CommandLine;
using Claims.LoadTests.Ingest;
using Claims.LoadTests.Write;
using Claims.Measuring;

namespace Claims.LoadTests.Telemetry;

/// <summary><c>telemetry</c>: the whole ingestion with all metrics, traces and logs, against the same while nobody listens.</summary>
internal static class TelemetryCommand
{
    public static Command Create()
    {
        var claims = new Option<int>("--claims") { Description = "How many claims are ingested in each turn.", Required = true };
        Option<int> perFile = WholeIngestion.PerFileOption(100);
        Option<int> facilities = WholeIngestion.FacilitiesOption();
        Option<int> turns = WholeIngestion.TurnsOption(7);
        Option<string[]> set = WholeIngestion.SettingsOption();
        Option<FileInfo?> json = Report.JsonOption();
        var command = new Command("telemetry", "Whole ingestion with all metrics, traces and logs, against the same while nobody listens.") { claims, perFile, facilities, turns, set, json };
        command.SetAction((parsed, cancellationToken) => RunAsync(
            parsed.GetRequiredValue(claims), parsed.GetValue(perFile), parsed.GetValue(facilities), parsed.GetValue(turns), parsed.GetValue(set) ?? [], parsed.GetValue(json), cancellationToken));
        return command;
    }

    private static async Task<int> RunAsync(int claims, int perFile, int facilities, int turns, string[] settings, FileInfo? json, CancellationToken cancellationToken)
    {
        using var folders = new ClaimFolders(claims, perFile, facilities);
        await using BenchmarkDatabase database = await BenchmarkDatabase.StartAsync(WriteServer.Settings);
        using IngestProcess silent = IngestProcess.Start(database.ConnectionString, settings);
        using IngestProcess observed = IngestProcess.Start(database.ConnectionString, settings, withTelemetry: true);
        var problems = new List<string>();
        var measured = new List<(IngestionRun Silent, IngestionRun Observed)>();

        // The first turn warms up.
        for (int n = 0; n <= turns; n++)
        {
            // Neither of them always comes first.
            IngestionRun? first = n % 2 == 0 ? await IngestAsync(silent, isObserved: false) : null;
            IngestionRun second = await IngestAsync(observed, isObserved: true);
            first ??= await IngestAsync(silent, isObserved: false);
            if (n == 0) continue;
            measured.Add((first, second));
            await Console.Error.WriteLineAsync(FormattableString.Invariant($"turn {n}: {Rate(first):F0} claims/s, with telemetry {Rate(second):F0}, ratio {Rate(second) / Rate(first):F3}"));
        }

        return await Report.WriteAsync(
            new TelemetryResult
            {
                Claims = folders.Claims,
                Turns = turns,
                SilentClaimsPerS = Math.Round(Median.Of(measured.Select(m => Rate(m.Silent)))),
                ObservedClaimsPerS = Math.Round(Median.Of(measured.Select(m => Rate(m.Observed)))),
                Ratio = Math.Round(Median.Of(measured.Select(m => Rate(m.Observed) / Rate(m.Silent))), 3),
                Ratios = [.. measured.Select(m => Math.Round(Rate(m.Observed) / Rate(m.Silent), 3))],
                SilentCpuUsPerClaim = Math.Round(Median.Of(measured.Select(m => m.Silent.Cpu.TotalMicroseconds / folders.Claims)), 2),
                ObservedCpuUsPerClaim = Math.Round(Median.Of(measured.Select(m => m.Observed.Cpu.TotalMicroseconds / folders.Claims)), 2),
                SilentAllocatedBytesPerClaim = (long)Median.Of(measured.Select(m => (double)m.Silent.Allocated / folders.Claims)),
                ObservedAllocatedBytesPerClaim = (long)Median.Of(measured.Select(m => (double)m.Observed.Allocated / folders.Claims)),
            },
            problems,
            json,
            cancellationToken);

        async Task<IngestionRun> IngestAsync(IngestProcess process, bool isObserved)
        {
            await ClaimTables.ClearAsync(database);
            (IngestionRun run, _) = await process.PollAsync(folders.NewInbox(), cancellationToken);
            if (folders.Difference(run.Total) is { } difference) problems.Add(difference);
            long traced = await database.ScalarAsync<long>("SELECT count(trace_id) FROM claims.claim_file");
            if (traced != (isObserved ? folders.Files : 0)) problems.Add($"{traced} of {folders.Files} files have a trace, {(isObserved ? "though all" : "though none")} should");
            return run;
        }

        double Rate(IngestionRun run) => folders.Claims / run.Elapsed.TotalSeconds;
    }
}
