using System.CommandLine;
using System.Diagnostics;
using Claims.Ingestion.Pipeline;
using Claims.LoadTests.Ingest;
using Claims.LoadTests.Write;
using Claims.Measuring;

namespace Claims.LoadTests.Peers;

/// <summary><c>write-peers</c>: whole ingestion against what one would write the same rows with instead.</summary>
internal static class WritePeersCommand
{
    private const int SlowShare = 10;

    public static Command Create()
    {
        var claims = new Option<int>("--claims") { Description = "How many claims are written in each turn; slow peers write a tenth of them.", Required = true };
        Option<int> perFile = WholeIngestion.PerFileOption(500);
        Option<int> facilities = WholeIngestion.FacilitiesOption();
        Option<int> turns = WholeIngestion.TurnsOption(3);
        var connections = new Option<int>("--connections") { Description = "On how many connections at once a peer in .NET writes.", DefaultValueFactory = _ => new PipelineOptions().Writers };
        Option<FileInfo?> json = Report.JsonOption();
        var command = new Command("write-peers", "Whole ingestion against what one would write the same rows with instead.") { claims, perFile, facilities, turns, connections, json };
        command.SetAction((parsed, cancellationToken) => RunAsync(
            parsed.GetRequiredValue(claims), parsed.GetValue(perFile), parsed.GetValue(facilities), parsed.GetValue(turns), parsed.GetValue(connections), parsed.GetValue(json), cancellationToken));
        return command;
    }

    private static async Task<int> RunAsync(int claims, int perFile, int facilities, int turns, int connections, FileInfo? json, CancellationToken cancellationToken)
    {
        using var folders = new ClaimFolders(claims, perFile, facilities);
        await using BenchmarkDatabase database = await BenchmarkDatabase.StartAsync(WriteServer.Settings);
        using IngestProcess process = IngestProcess.Start(database.ConnectionString, settings: []);
        MadeFile[] all = [.. folders.Made], part = all[..Math.Max(1, all.Length / SlowShare)];
        var problems = new List<string>();

        // The rows that slow peers are compared with.
        (_, string partRows) = await IngestAsync(process, folders, part, database, problems, cancellationToken);
        IReadOnlyList<Peer> peers = await PeersAsync(database.ConnectionString, folders, cancellationToken);
        var ours = new List<Speed>();
        var theirs = peers.ToDictionary(peer => peer, _ => new List<Speed>());

        // The first turn warms up: it compiles the code.
        for (int n = 0; n <= turns; n++)
        {
            (Speed speed, string allRows) = await IngestAsync(process, folders, all, database, problems, cancellationToken);
            if (n > 0) ours.Add(await TellAsync(n, "ours", speed));
            foreach (Peer peer in peers)
            {
                speed = await WriteAsync(peer, peer.IsSlow ? part : all, connections, peer.IsSlow ? partRows : allRows, database, problems, cancellationToken);
                if (n > 0) theirs[peer].Add(await TellAsync(n, peer.Name, speed));
            }
        }

        return await Report.WriteAsync(
            new WritePeersResult
            {
                Claims = claims,
                ClaimsPerFile = perFile,
                Turns = turns,
                Connections = connections,
                OursClaimsPerS = Math.Round(Median.Of(ours.Select(o => o.ClaimsPerS))),
                OursClientCpuUsPerClaim = Math.Round(Median.Of(ours.Select(o => o.ClientCpuUs)), 1),
                Peers =
                [
                    .. peers.Select(peer => new PeerResult
                    {
                        Name = peer.Name,
                        Version = peer.Version,
                        Claims = (peer.IsSlow ? part : all).Sum(f => f.Claims),
                        ClaimsPerS = Math.Round(Median.Of(theirs[peer].Select(t => t.ClaimsPerS))),
                        ClientCpuUsPerClaim = peer.IsProgram ? null : Math.Round(Median.Of(theirs[peer].Select(t => t.ClientCpuUs)), 1),
                        OursOverPeer = Math.Round(Median.Of(ours.Zip(theirs[peer], (mine, other) => mine.ClaimsPerS / other.ClaimsPerS)), 2),
                    }),
                ],
            },
            problems,
            json,
            cancellationToken);
    }

    private static async Task<IReadOnlyList<Peer>> PeersAsync(string connectionString, ClaimFolders folders, CancellationToken cancellationToken)
    {
        List<Peer> peers = [new LinqToDbPeer(connectionString), new MultiRowInsertPeer(connectionString), new EntityFrameworkPeer(connectionString), new DapperPeer(connectionString)];
        if (await PgloaderPeer.FindAsync(connectionString, folders.Scratch("pgloader"), cancellationToken) is { } pgloader)
            peers.Add(pgloader);
        else
            await Console.Error.WriteLineAsync("pgloader is not on this machine and is left out: install the package pgloader to compare with it.");
        return peers;
    }

    private static async Task<Speed> TellAsync(int turn, string name, Speed speed)
    {
        await Console.Error.WriteLineAsync($"turn {turn}: {name} {speed}");
        return speed;
    }

    /// <returns>How fast it was, and what the tables hold then.</returns>
    private static async Task<(Speed Speed, string Rows)> IngestAsync(
        IngestProcess process, ClaimFolders folders, IReadOnlyList<MadeFile> files, BenchmarkDatabase database, List<string> problems, CancellationToken cancellationToken)
    {
        await ClaimTables.ClearAsync(database);
        (IngestionRun run, _) = await process.PollAsync(folders.NewInbox(files: files.Count), cancellationToken);
        long claims = files.Sum(f => f.Claims), activities = files.Sum(f => f.Activities);
        if (run.Total.Stored != files.Count || run.Total.Counts.Claims != claims || run.Total.Counts.Activities != activities)
            problems.Add($"stored {run.Total.Stored} files, {run.Total.Counts.Claims} claims, {run.Total.Counts.Activities} activities of {files.Count}, {claims}, {activities}");
        return (Speed.Of(files, run.Elapsed, run.Cpu), await ClaimTables.FingerprintAsync(database));
    }

    private static async Task<Speed> WriteAsync(
        Peer peer, IReadOnlyList<MadeFile> files, int connections, string expectedRows, BenchmarkDatabase database, List<string> problems, CancellationToken cancellationToken)
    {
        await ClaimTables.ClearAsync(database);
        long idsFrom = await database.ScalarAsync<long>("SELECT claims.first_file_id(claims.file_month()) + 1");
        var source = new SourceFiles([.. files.Select((file, n) => new SourceFile(idsFrom + n, file.Facility, file.Path))], connections);
        TimeSpan cpu = Environment.CpuUsage.TotalTime;
        long start = Stopwatch.GetTimestamp();
        await peer.WriteAsync(source, cancellationToken);
        Speed speed = Speed.Of(files, Stopwatch.GetElapsedTime(start), Environment.CpuUsage.TotalTime - cpu);
        string rows = await ClaimTables.FingerprintAsync(database);
        if (rows != expectedRows) problems.Add($"{peer.Name}: the rows differ: ours {expectedRows}, the peer's {rows}");
        return speed;
    }

    private sealed record Speed(double ClaimsPerS, double ClientCpuUs)
    {
        public static Speed Of(IReadOnlyList<MadeFile> files, TimeSpan elapsed, TimeSpan cpu)
        {
            long claims = files.Sum(f => f.Claims);
            return new Speed(claims / elapsed.TotalSeconds, cpu.TotalMicroseconds / claims);
        }

        public override string ToString() => FormattableString.Invariant($"{ClaimsPerS:F0} claims/s, client {ClientCpuUs:F1} us a claim");
    }
}
