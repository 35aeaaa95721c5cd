using Claims.Ingestion.Postgres.DataSources;
using Claims.Ingestion.Postgres.Local;
using Npgsql;

namespace Claims.LoadTests.Routing;

/// <summary>How long the API waits for a connection while the ingestion wants more than there are: with a pool for each role, and with one for both.</summary>
internal sealed class PoolWaitRun(TimeSpan time, int turns)
{
    private const double OpensPerSecond = 300;

    // So many that a pool of all connections is too small for them as well. They hold a connection without work, so that nobody competes for the processors.
    private const int TasksPerConnection = 2;
    private const string Hold = "SELECT pg_sleep(0.05)";

    private static readonly PostgresOptions Defaults = new();
    private static readonly int Connections = Defaults.Ingestion.MaxSize + Defaults.Api.MaxSize;
    private static readonly int Tasks = TasksPerConnection * Connections;
    private static readonly TimeSpan WarmUp = TimeSpan.FromSeconds(2);

    public async Task<(PoolWaitResult Result, IReadOnlyList<string> Problems)> RunAsync(CancellationToken cancellationToken)
    {
        await using LocalPostgres server = await LocalPostgres.StartAsync(cancellationToken: cancellationToken);
        await using RoutingHost host = await RoutingHost.StartAsync(server.ConnectionString, cancellationToken);
        await using NpgsqlDataSource shared = NpgsqlDataSource.Create(new NpgsqlConnectionStringBuilder(server.ConnectionString) { MaxPoolSize = Connections });
        var idle = new List<PoolWait>();
        var saturated = new List<PoolWait>();
        var sharing = new List<PoolWait>();

        // The first turn warms up: the pools make their connections.
        for (int turn = 0; turn <= turns; turn++)
        {
            TimeSpan length = turn == 0 && time > WarmUp ? WarmUp : time;
            PoolWait[] waits =
            [
                await MeasureAsync(length, cancel => host.Api.OpenReadAsync(cancellationToken: cancel), ingestion: null, cancellationToken),
                await MeasureAsync(length, cancel => host.Api.OpenReadAsync(cancellationToken: cancel), cancel => host.Ingestion.OpenPrimaryAsync(cancel), cancellationToken),
                await MeasureAsync(length, shared.OpenConnectionAsync, shared.OpenConnectionAsync, cancellationToken),
            ];
            if (turn == 0) continue;
            idle.Add(waits[0]);
            saturated.Add(waits[1]);
            sharing.Add(waits[2]);
        }

        var result = new PoolWaitResult
        {
            Turns = turns,
            Connections = Connections,
            IngestionTasks = Tasks,
            Idle = MedianOf(idle),
            Saturated = MedianOf(saturated),
            SharedPool = MedianOf(sharing),
        };
        int failed = result.Idle.Failed + result.Saturated.Failed;
        return (result, failed == 0 ? [] : [$"{failed} requests of the API got no connection, though the ingestion has a pool of its own"]);
    }

    private static async Task<PoolWait> MeasureAsync(
        TimeSpan time, Func<CancellationToken, ValueTask<NpgsqlConnection>> api, Func<CancellationToken, ValueTask<NpgsqlConnection>>? ingestion, CancellationToken cancellationToken)
    {
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        stop.CancelAfter(time);
        Task[] holders = ingestion is null ? [] : [.. Enumerable.Range(0, Tasks).Select(_ => Task.Run(() => HoldAsync(ingestion, stop.Token), CancellationToken.None))];
        IReadOnlyList<Request> requests = await new OpenLoop(OpensPerSecond, cancel => PortQuery.AskAsync(() => api(cancel), cancel)).RunAsync(stop.Token);
        await Task.WhenAll(holders);
        cancellationToken.ThrowIfCancellationRequested();
        double[] waits = [.. requests.Select(request => (request.Answer?.Opening ?? request.Latency).TotalMilliseconds)];
        return new PoolWait { Requests = waits.Length, P50Ms = Quantile.Of(waits, 0.5), P99Ms = Quantile.Of(waits, 0.99), Failed = requests.Count(request => request.Error is not null) };
    }

    private static async Task HoldAsync(Func<CancellationToken, ValueTask<NpgsqlConnection>> open, CancellationToken stop)
    {
        try
        {
            while (!stop.IsCancellationRequested)
            {
                await using NpgsqlConnection connection = await open(stop);
                await using var command = new NpgsqlCommand(Hold, connection);
                await command.ExecuteNonQueryAsync(CancellationToken.None);
            }
        }
        catch (OperationCanceledException)
        {
            // The time is over.
        }
    }

    private static PoolWait MedianOf(List<PoolWait> turns) => new()
    {
        Requests = turns.Sum(turn => turn.Requests),
        P50Ms = Math.Round(Median.Of(turns.Select(turn => turn.P50Ms)), 3),
        P99Ms = Math.Round(Median.Of(turns.Select(turn => turn.P99Ms)), 3),
        Failed = turns.Sum(turn => turn.Failed),
    };
}
