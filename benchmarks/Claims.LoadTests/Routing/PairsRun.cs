using System.Diagnostics;
using Claims.Ingestion.Postgres.Local;

namespace Claims.LoadTests.Routing;

/// <summary>Pairs of a write and a read that has to see it: at usual lag, with replicas that replay late, and across a failover.</summary>
internal static class PairsRun
{
    private const double ProbesPerSecond = 50;
    private const double LateFrom = 0.4;
    private const double FailoverFrom = 0.7;

    private static readonly TimeSpan Detection = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan ProbesAround = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan TakesEffect = TimeSpan.FromMilliseconds(500);
    private static readonly TimeSpan LookAgain = TimeSpan.FromMilliseconds(2);

    public static async Task<(PairsResult Result, IReadOnlyList<string> Problems)> RunAsync(
        int pairs, int writers, TimeSpan lateTime, bool withToken, CancellationToken cancellationToken)
    {
        await using ReplicatedServers servers = await ReplicatedServers.StartAsync(isSynchronous: true, cancellationToken);
        await using RoutingHost host = await RoutingHost.StartAsync(servers.ConnectionString, cancellationToken);
        await ReplicatedServers.ExecuteAsync(servers.Primary, PairWriter.CreateTable, cancellationToken);
        foreach (LocalPostgres replica in servers.Replicas) await replica.CatchUpAsync(cancellationToken);

        var phase = PairsPhase.Normal;
        var clock = Stopwatch.StartNew();
        int left = pairs;
        bool isSettled = false;
        PairWriter[] all = [.. Enumerable.Range(1, writers).Select(row => new PairWriter(row, host, clock, withToken, () => phase))];
        Task running = Task.WhenAll(all.Select(writer => Task.Run(
            () => writer.RunAsync(() => Interlocked.Decrement(ref left) >= 0 || !Volatile.Read(ref isSettled), () => Interlocked.Increment(ref left), cancellationToken), cancellationToken)));

        await DownToAsync(LateFrom);
        phase = PairsPhase.Change;
        await ReplayLaterAsync("1s", "10s");
        await Task.Delay(TakesEffect, TimeProvider.System, cancellationToken);
        phase = PairsPhase.Late;
        await Task.WhenAny(running, Task.Delay(lateTime, TimeProvider.System, cancellationToken));
        phase = PairsPhase.Change;
        await ReplayLaterAsync("0", "0");
        foreach (LocalPostgres replica in servers.Replicas) await replica.CatchUpAsync(cancellationToken);
        phase = PairsPhase.Normal;

        await DownToAsync(FailoverFrom);
        using var enough = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        Task<IReadOnlyList<Request>> probes = new OpenLoop(ProbesPerSecond, cancel => PortQuery.AskAsync(() => host.Api.OpenReadAsync(cancellationToken: cancel), cancel)).RunAsync(enough.Token);
        await Task.Delay(ProbesAround, TimeProvider.System, cancellationToken);
        TimeSpan killed = clock.Elapsed;
        phase = PairsPhase.Failover;
        servers.KillPrimary();
        await Task.Delay(Detection, TimeProvider.System, cancellationToken);
        await servers.PromoteAsync(cancellationToken);
        TimeSpan promoted = clock.Elapsed - killed;
        await servers.FollowAsync(cancellationToken);
        TimeSpan followed = clock.Elapsed - killed;
        phase = PairsPhase.After;
        await Task.Delay(ProbesAround, TimeProvider.System, cancellationToken);
        TimeSpan settled = clock.Elapsed;
        Volatile.Write(ref isSettled, true);
        await enough.CancelAsync();
        IReadOnlyList<Request> probed = await probes;
        await running;
        clock.Stop();

        PairRead[] reads = [.. all.SelectMany(writer => writer.Reads)];
        PairRead[] normal = [.. reads.Where(read => read.Phase == PairsPhase.Normal)];
        var result = new PairsResult
        {
            Pairs = reads.Length,
            WithToken = withToken,
            Stale = reads.Count(read => read.IsStale),
            FailedWrites = all.Sum(writer => writer.FailedWrites),
            FailedReads = all.Sum(writer => writer.FailedReads),
            ReplicaShare = Share(normal, read => read.IsReplica),
            ReadWaitP50Ms = Wait(normal, 0.5),
            ReadWaitP99Ms = Wait(normal, 0.99),
            Phases = [.. reads.GroupBy(read => read.Phase).OrderBy(part => part.Key).Select(part => Describe(part.Key, [.. part]))],
            FailoverWriteGapS = Gap.LongestSeconds(all.SelectMany(writer => writer.Commits).Where(at => at > killed - ProbesAround && at < settled + ProbesAround)),
            FailoverReadGapS = Gap.LongestSeconds(probed.Where(request => request.Error is null).Select(request => request.End)),
            FailoverReadErrors = probed.Count(request => request.Error is not null),
            PromotedAfterS = Math.Round(promoted.TotalSeconds, 3),
            FollowedAfterS = Math.Round(followed.TotalSeconds, 3),
            PairsPerS = Math.Round(reads.Length / clock.Elapsed.TotalSeconds),
        };
        return (result, [.. Problems(result, pairs, all)]);

        async Task DownToAsync(double share)
        {
            while (Volatile.Read(ref left) > pairs * (1 - share) && !running.IsCompleted) await Task.Delay(LookAgain, TimeProvider.System, cancellationToken);
        }

        async Task ReplayLaterAsync(params string[] delays)
        {
            for (int i = 0; i < delays.Length; i++) await ReplicatedServers.SetAsync(servers.Replicas[i], "recovery_min_apply_delay", delays[i], cancellationToken);
        }
    }

    private static IEnumerable<string> Problems(PairsResult result, int pairs, IEnumerable<PairWriter> writers)
    {
        if (!result.WithToken && result.Stale == 0) yield return "every read saw what was written before, though it did not ask for it: stale reads would not be found";
        if (result.WithToken && result.Stale != 0) yield return $"{result.Stale} of {result.Pairs} reads did not see what was written before";
        if (result.Pairs < pairs) yield return $"{result.Pairs} pairs were made of {pairs}";
        foreach (string surprise in writers.Select(writer => writer.Surprise).OfType<string>()) yield return $"a server refused: {surprise}";
    }

    private static PhaseResult Describe(PairsPhase phase, PairRead[] reads) => new()
    {
        Phase = phase,
        Pairs = reads.Length,
        PrimaryShare = Share(reads, read => !read.IsReplica),
        ReadWaitP50Ms = Wait(reads, 0.5),
        ReadWaitP99Ms = Wait(reads, 0.99),
    };

    private static double Share(PairRead[] reads, Func<PairRead, bool> isCounted) => reads.Length == 0 ? 0 : Math.Round((double)reads.Count(isCounted) / reads.Length, 4);

    private static double Wait(PairRead[] reads, double share) => Math.Round(Quantile.Of(reads.Select(read => read.Opening.TotalMilliseconds), share), 3);
}
