using System.CommandLine;
using Claims.Ingestion.Scheduling;
using Claims.LoadTests.Ingest;
using Claims.Measuring;

namespace Claims.LoadTests.Write;

/// <summary><c>write-floor</c>: whole ingestion against binary COPY of the same rows by <c>psql</c>.</summary>
internal static class WriteFloorCommand
{
    public static Command Create()
    {
        var claims = new Option<int>("--claims") { Description = "How many claims are ingested in each turn.", Required = true };
        Option<int> perFile = WholeIngestion.PerFileOption(500);
        Option<int> facilities = WholeIngestion.FacilitiesOption();
        Option<int> turns = WholeIngestion.TurnsOption(5);
        Option<string[]> set = WholeIngestion.SettingsOption();
        Option<FileInfo?> json = Report.JsonOption();
        var command = new Command("write-floor", "Whole ingestion against binary COPY of the same rows into the same tables by psql.") { claims, perFile, facilities, turns, set, json };
        command.SetAction((parsed, cancellationToken) => RunAsync(
            parsed.GetRequiredValue(claims), parsed.GetValue(perFile), parsed.GetValue(facilities), parsed.GetValue(turns), parsed.GetValue(set) ?? [], parsed.GetValue(json), cancellationToken));
        return command;
    }

    private static async Task<int> RunAsync(int claims, int perFile, int facilities, int turns, string[] settings, FileInfo? json, CancellationToken cancellationToken)
    {
        using var folders = new ClaimFolders(claims, perFile, facilities);
        await using BenchmarkDatabase database = await BenchmarkDatabase.StartAsync(WriteServer.Settings);
        using IngestProcess process = IngestProcess.Start(database.ConnectionString, settings);
        var psql = new PsqlCopy(database.ConnectionString, folders.Scratch("copy"));
        var problems = new List<string>();
        var measured = new List<Turn>();

        // The first turn warms up: it compiles the code and makes the rows for the floor.
        for (int n = 0; n <= turns; n++)
        {
            await ClaimTables.ClearAsync(database);
            (IngestionRun run, _) = await process.PollAsync(folders.NewInbox(), cancellationToken);
            if (folders.Difference(run.Total) is { } difference) problems.Add($"turn {n}: {difference}");
            string ingested = await ClaimTables.FingerprintAsync(database);
            if (n == 0) await psql.ExportAsync(cancellationToken);

            var copies = new TimeSpan[2];
            for (int connections = 1; connections <= 2; connections++)
            {
                await ClaimTables.ClearAsync(database);
                copies[connections - 1] = await psql.ImportAsync(connections, cancellationToken);
                string copied = await ClaimTables.FingerprintAsync(database);
                if (copied != ingested) problems.Add($"turn {n}: the rows differ: ingested {ingested}, copied {copied}");
            }

            if (n == 0) continue;
            measured.Add(new Turn(claims / run.Elapsed.TotalSeconds, claims / copies[0].TotalSeconds, claims / copies[1].TotalSeconds, run.Cpu.TotalMicroseconds / claims, run.Allocated / claims));
            await Console.Error.WriteLineAsync($"turn {n}: {measured[^1]}");
        }

        return await Report.WriteAsync(
            new WriteFloorResult
            {
                Claims = claims,
                ClaimsPerFile = perFile,
                Turns = turns,
                CopyClaimsPerS = Math.Round(Median.Of(measured.Select(m => m.Floor))),
                CopyOneConnectionClaimsPerS = Math.Round(Median.Of(measured.Select(m => m.OneConnection))),
                CopyTwoConnectionsClaimsPerS = Math.Round(Median.Of(measured.Select(m => m.TwoConnections))),
                IngestClaimsPerS = Math.Round(Median.Of(measured.Select(m => m.Ingest))),
                Ratio = Math.Round(Median.Of(measured.Select(m => m.Ratio)), 3),
                Ratios = [.. measured.Select(m => Math.Round(m.Ratio, 3))],
                XmlMbPerS = Math.Round(Median.Of(measured.Select(m => m.Ingest)) / claims * folders.Bytes / 1e6, 1),
                ClientCpuUsPerClaim = Math.Round(Median.Of(measured.Select(m => m.ClientCpu)), 2),
                ClientAllocatedBytesPerClaim = (long)Median.Of(measured.Select(m => (double)m.Allocated)),
            },
            problems,
            json,
            cancellationToken);
    }

    private sealed record Turn(double Ingest, double OneConnection, double TwoConnections, double ClientCpu, long Allocated)
    {
        public double Floor => Math.Max(OneConnection, TwoConnections);

        public double Ratio => Ingest / Floor;

        public override string ToString() =>
            FormattableString.Invariant($"ingestion {Ingest:F0} claims/s, copy {OneConnection:F0} on one connection and {TwoConnections:F0} on two, ratio {Ratio:F3}, client {ClientCpu:F1} us a claim");
    }
}
