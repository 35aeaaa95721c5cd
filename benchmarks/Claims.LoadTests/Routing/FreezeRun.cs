using Claims.Ingestion.Postgres.DataSources;
using Claims.Ingestion.Postgres.Local;
using Claims.Ingestion.Postgres.Local.Processes;
using Npgsql;

namespace Claims.LoadTests.Routing;

/// <summary>Reads at a steady rate while one of two replicas freezes and goes on again: ours, then Npgsql's own over the same servers.</summary>
/// <param name="frozen">How long it is frozen.</param>
/// <param name="rate">How many reads begin in a second.</param>
/// <param name="warmUp">How long they go on before, and again afterwards.</param>
internal sealed class FreezeRun(TimeSpan frozen, double rate, TimeSpan warmUp)
{
    private static readonly TimeSpan FreshFor = new RoutingOptions().FreshFor;

    private TimeSpan _frozenAt;

    public TimeSpan Frozen => frozen;

    public TimeSpan WarmUp => warmUp;

    /// <summary>The requests of ours, for a picture.</summary>
    public IReadOnlyList<Request> OursRequests { get; private set; } = [];

    public IReadOnlyList<Request> NpgsqlRequests { get; private set; } = [];

    public async Task<(FreezeResult Result, IReadOnlyList<string> Problems)> RunAsync(CancellationToken cancellationToken)
    {
        await using ReplicatedServers servers = await ReplicatedServers.StartAsync(isSynchronous: false, cancellationToken);
        FreezeSide ours, npgsql;
        await using (RoutingHost host = await RoutingHost.StartAsync(servers.ConnectionString, cancellationToken))
        {
            OursRequests = await FreezeAsync(servers.Replicas[0], cancel => PortQuery.AskAsync(() => host.Api.OpenReadAsync(cancellationToken: cancel), cancel), cancellationToken);
            ours = Describe(OursRequests, servers);
        }

        foreach (LocalPostgres replica in servers.Replicas) await replica.CatchUpAsync(cancellationToken);
        var builder = new NpgsqlDataSourceBuilder(servers.ConnectionString + ";Load Balance Hosts=true;Timeout=2;Host Recheck Seconds=5;Maximum Pool Size=30");
        await using (NpgsqlMultiHostDataSource hosts = builder.BuildMultiHost())
        await using (NpgsqlDataSource source = hosts.WithTargetSession(TargetSessionAttributes.PreferStandby))
        {
            NpgsqlRequests = await FreezeAsync(servers.Replicas[0], cancel => PortQuery.AskAsync(() => source.OpenConnectionAsync(cancel), cancel), cancellationToken);
            npgsql = Describe(NpgsqlRequests, servers);
        }

        return (new FreezeResult { FrozenS = frozen.TotalSeconds, RequestsPerS = rate, Ours = ours, Npgsql = npgsql }, [.. Problems(ours)]);
    }

    private IEnumerable<string> Problems(FreezeSide ours)
    {
        int expected = (int)((frozen + warmUp).TotalSeconds * rate * 0.9);
        if (ours.Requests < expected) yield return $"{ours.Requests} requests were made, at least {expected} were due";
        if (ours.Over1S > ours.UnderWay) yield return $"{ours.Over1S - ours.UnderWay} reads that began after the replica was frozen took more than a second or failed";
        if (ours.Balance.Any(share => share is < 0.35 or > 0.65)) yield return $"the replicas did not share the reads: {string.Join(", ", ours.Balance)}";
    }

    private async Task<IReadOnlyList<Request>> FreezeAsync(LocalPostgres replica, Func<CancellationToken, Task<Answer>> request, CancellationToken cancellationToken)
    {
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        var loop = new OpenLoop(rate, request);
        Task<IReadOnlyList<Request>> running = loop.RunAsync(stop.Token);
        ServerProcesses processes = ServerProcesses.Of(replica);
        try
        {
            await Task.Delay(warmUp, TimeProvider.System, cancellationToken);
            processes.Freeze();
            _frozenAt = loop.Elapsed;
            await Task.Delay(frozen, TimeProvider.System, cancellationToken);
        }
        finally
        {
            processes.Thaw();
        }

        await Task.Delay(warmUp, TimeProvider.System, cancellationToken);
        await stop.CancelAsync();
        return await running;
    }

    private FreezeSide Describe(IReadOnlyList<Request> requests, ReplicatedServers servers)
    {
        // What ended well before the freeze shows the balance, without the first second, in which connections are made.
        Answer[] before = [.. requests.Where(r => r.Due > warmUp / 5 && r.End < warmUp).Select(r => r.Answer).OfType<Answer>()];
        Request[] counted = [.. requests.Where(r => r.Due >= warmUp)];
        double[] latencies = [.. counted.Select(r => r.Latency.TotalMilliseconds)];
        return new FreezeSide
        {
            Requests = counted.Length,
            Failed = counted.Count(r => r.Error is not null),
            Over100Ms = counted.Count(r => r.Error is not null || r.Latency.TotalMilliseconds > 100),
            Over1S = counted.Count(r => r.Error is not null || r.Latency.TotalSeconds > 1),
            UnderWay = counted.Count(r => r.Due <= _frozenAt + FreshFor && (r.Error is not null || r.Latency.TotalSeconds > 1)),
            P50Ms = Math.Round(Quantile.Of(latencies, 0.5), 2),
            P99Ms = Math.Round(Quantile.Of(latencies, 0.99), 2),
            MaxMs = Math.Round(latencies.Max(), 1),
            Balance = [.. servers.Replicas.Select(replica => Math.Round((double)before.Count(answer => answer.Port == replica.Port) / Math.Max(before.Length, 1), 3))],
        };
    }
}
