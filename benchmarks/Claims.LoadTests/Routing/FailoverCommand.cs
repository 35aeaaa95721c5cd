using System.CommandLine;
using System.Diagnostics;
using Claims.Ingestion.Postgres.Local;
using Claims.LoadTests.Ingest;
using Claims.LoadTests.Write;

namespace Claims.LoadTests.Routing;

/// <summary><c>failover</c>: the primary is killed while another process ingests and this one reads; what is lost, what is there twice, and how long each of them stood still.</summary>
internal static class FailoverCommand
{
    private const double ReadsPerSecond = 50;

    // Before the primary is killed this share of the files is stored in peace, and until the second share is half stored.
    private const double CalmShare = 0.4;
    private const double KillShare = 0.7;

    private static readonly TimeSpan PollAgain = TimeSpan.FromMilliseconds(20);
    private static readonly TimeSpan Afterwards = TimeSpan.FromSeconds(2);
    private static readonly TimeSpan IngestLimit = TimeSpan.FromMinutes(10);

    public static Command Create()
    {
        var mode = new Option<ReplicationMode>("--mode") { Description = "Whether commits wait for a replica.", Required = true };
        var claims = new Option<int>("--claims") { Description = "How many claims are ingested.", DefaultValueFactory = _ => 300_000 };
        Option<int> perFile = WholeIngestion.PerFileOption(50);
        Option<int> facilities = WholeIngestion.FacilitiesOption();
        var detection = new Option<double>("--detection-seconds") { Description = "How long after the end of the primary a replica is promoted.", DefaultValueFactory = _ => 1 };
        Option<string[]> set = WholeIngestion.SettingsOption();
        Option<FileInfo?> json = Report.JsonOption();
        var command = new Command("failover", "Kills the primary during the ingestion: what is lost or doubled, and how long reads and the ingestion stand still.")
        {
            mode, claims, perFile, facilities, detection, set, json,
        };
        command.SetAction((parsed, cancellationToken) => RunAsync(
            parsed.GetRequiredValue(mode), parsed.GetValue(claims), parsed.GetValue(perFile), parsed.GetValue(facilities),
            TimeSpan.FromSeconds(parsed.GetValue(detection)), parsed.GetValue(set) ?? [], parsed.GetValue(json), cancellationToken));
        return command;
    }

    private static async Task<int> RunAsync(
        ReplicationMode mode, int claims, int perFile, int facilities, TimeSpan detection, string[] settings, FileInfo? json, CancellationToken cancellationToken)
    {
        using var folders = new ClaimFolders(claims, perFile, facilities);
        var feed = new FileFeed(folders);
        await using ReplicatedServers servers = await ReplicatedServers.StartAsync(mode == ReplicationMode.Synchronous, cancellationToken);
        await using RoutingHost host = await RoutingHost.StartAsync(servers.ConnectionString, cancellationToken);
        using IngestProcess ingesting = IngestProcess.Start(servers.ConnectionString, settings);
        using var enough = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        Task<IReadOnlyList<Request>> reading =
            new OpenLoop(ReadsPerSecond, cancel => PortQuery.AskAsync(() => host.Api.OpenReadAsync(cancellationToken: cancel), cancel)).RunAsync(enough.Token);
        Task ingested = IngestAllAsync(ingesting, feed, cancellationToken);

        // Without a replica that received them, the files that are stored before the kill are lost.
        var trail = new LedgerTrail();
        await trail.FollowAsync(servers.Primary, feed.Bring(CalmShare), cancellationToken);
        if (mode == ReplicationMode.Asynchronous) await servers.CutReplicasOffAsync(cancellationToken);
        await trail.FollowAsync(servers.Primary, (feed.Bring(KillShare) + trail.Stored) / 2, cancellationToken);
        long killed = Stopwatch.GetTimestamp();
        DateTimeOffset killedAt = TimeProvider.System.GetUtcNow();
        servers.KillPrimary();
        feed.Bring(1);
        await Task.Delay(detection, TimeProvider.System, cancellationToken);
        await servers.PromoteAsync(cancellationToken);
        TimeSpan promoted = Stopwatch.GetElapsedTime(killed);
        Task<TimeSpan> resumed = trail.ResumedAsync(servers.Primary, killedAt, cancellationToken);
        await servers.FollowAsync(cancellationToken);
        TimeSpan followed = Stopwatch.GetElapsedTime(killed);
        await ingested;
        TimeSpan ingestGap = await resumed;
        await Task.Delay(Afterwards, TimeProvider.System, cancellationToken);
        await enough.CancelAsync();
        IReadOnlyList<Request> reads = await reading;

        StoredFiles stored = await StoredFiles.CountAsync(servers.Primary, cancellationToken);
        feed.PutBack();
        await IngestAllAsync(ingesting, feed, cancellationToken);
        StoredFiles repolled = await StoredFiles.CountAsync(servers.Primary, cancellationToken);

        var problems = new List<string>();
        if (mode == ReplicationMode.Synchronous && stored.Difference(folders) is { } difference) problems.Add(difference);
        if (mode == ReplicationMode.Asynchronous && stored.DistinctFiles == folders.Files) problems.Add("no file was lost, though the replicas had not received the last ones: a loss would not be found");
        if (stored.Doubled + repolled.Doubled > 0) problems.Add($"{stored.Doubled} files or claims are there twice, {repolled.Doubled} after they were polled again");
        if (repolled.Difference(folders) is { } left) problems.Add($"after all files were polled again: {left}");
        return await Report.WriteAsync(
            new FailoverResult
            {
                Mode = mode,
                Files = folders.Files,
                Claims = folders.Claims,
                StoredBefore = trail.Stored,
                DetectionS = detection.TotalSeconds,
                PromotedAfterS = Math.Round(promoted.TotalSeconds, 3),
                FollowedAfterS = Math.Round(followed.TotalSeconds, 3),
                ReadGapS = Gap.LongestSeconds(reads.Where(read => read.Error is null).Select(read => read.End)),
                Reads = reads.Count,
                ReadErrors = reads.Count(read => read.Error is not null),
                IngestGapS = Math.Round(ingestGap.TotalSeconds, 3),
                Lost = folders.Files - stored.DistinctFiles,
                Doubled = stored.Doubled,
                LostAfterRepoll = folders.Files - repolled.DistinctFiles,
                DoubledAfterRepoll = repolled.Doubled,
            },
            problems,
            json,
            cancellationToken);
    }

    /// <summary>Polls until every file was brought and acknowledged.</summary>
    private static async Task IngestAllAsync(IngestProcess process, FileFeed feed, CancellationToken cancellationToken)
    {
        long start = Stopwatch.GetTimestamp();
        while (!feed.IsDone)
        {
            if (Stopwatch.GetElapsedTime(start) > IngestLimit) throw new InvalidOperationException($"Files still wait in {feed.Inbox} after {IngestLimit}.");
            await process.PollAsync(feed.Inbox, cancellationToken);
            await Task.Delay(PollAgain, TimeProvider.System, cancellationToken);
        }
    }
}
