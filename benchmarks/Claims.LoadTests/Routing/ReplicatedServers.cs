using System.Globalization;
using Claims.Ingestion.Postgres.Local;
using Claims.Ingestion.Postgres.Local.Processes;
using Claims.LoadTests.Write;
using Npgsql;

namespace Claims.LoadTests.Routing;

/// <summary>A primary and two streaming replicas on this machine, and what happens to such servers.</summary>
internal sealed class ReplicatedServers : IAsyncDisposable
{
    private static readonly TimeSpan AskAgain = TimeSpan.FromMilliseconds(10);
    private static readonly TimeSpan FollowLimit = TimeSpan.FromMinutes(1);

    private readonly LocalPostgres _first;

    private ReplicatedServers(LocalPostgres first, LocalPostgres[] replicas)
    {
        _first = Primary = first;
        Replicas = replicas;
        ConnectionString = ServerAddress.Of([first, .. replicas]);
    }

    /// <summary>Names all three servers, the first primary first.</summary>
    public string ConnectionString { get; }

    public LocalPostgres Primary { get; private set; }

    public IReadOnlyList<LocalPostgres> Replicas { get; private set; }

    /// <param name="isSynchronous">Whether a commit waits until one of the replicas has flushed it.</param>
    /// <param name="cancellationToken">The token to cancel the start.</param>
    public static async Task<ReplicatedServers> StartAsync(bool isSynchronous, CancellationToken cancellationToken)
    {
        var options = new LocalPostgresOptions();
        foreach ((string name, string value) in WriteServer.Settings) options.Settings[name] = value;

        // Three servers share the machine, and the one that is promoted must still have what the other one lacks.
        options.Settings["shared_buffers"] = "256MB";
        options.Settings["wal_keep_size"] = "2GB";
        LocalPostgres primary = await LocalPostgres.StartAsync(options, cancellationToken);
        try
        {
            LocalPostgres[] replicas = [await primary.AddReplicaAsync(cancellationToken: cancellationToken), await primary.AddReplicaAsync(cancellationToken: cancellationToken)];
            var servers = new ReplicatedServers(primary, replicas);
            if (isSynchronous)
            {
                // On the replicas too, for the one that is promoted.
                foreach (LocalPostgres server in replicas.Append(primary)) await SetAsync(server, "synchronous_standby_names", "ANY 1 (*)", cancellationToken);
            }

            return servers;
        }
        catch
        {
            await primary.DisposeAsync();
            throw;
        }
    }

    /// <summary>Changes a setting of a running server.</summary>
    public static async Task SetAsync(LocalPostgres server, string name, string value, CancellationToken cancellationToken)
    {
        await ExecuteAsync(server, $"ALTER SYSTEM SET {name} = '{value}'", cancellationToken);
        await ExecuteAsync(server, "SELECT pg_reload_conf()", cancellationToken);
    }

    /// <summary>Kills the primary as a crash of its machine does: the postmaster without a word, and with it all that it started.</summary>
    public void KillPrimary() => ServerProcesses.Of(Primary).Kill();

    /// <summary>Has the replicas receive nothing from the primary any more.</summary>
    public async Task CutReplicasOffAsync(CancellationToken cancellationToken)
    {
        foreach (LocalPostgres replica in Replicas)
        {
            await SetAsync(replica, "primary_conninfo", "", cancellationToken);
            await WaitAsync(replica, "SELECT NOT EXISTS (SELECT 1 FROM pg_stat_wal_receiver)", cancellationToken);
        }
    }

    /// <summary>Promotes the replica that has received more.</summary>
    public async Task PromoteAsync(CancellationToken cancellationToken)
    {
        const string Received = "SELECT greatest(pg_last_wal_receive_lsn(), pg_last_wal_replay_lsn()) - '0/0'::pg_lsn";
        decimal[] received = await Task.WhenAll(Replicas.Select(replica => ScalarAsync<decimal>(replica, Received, cancellationToken)));
        int further = received[1] > received[0] ? 1 : 0;
        await Replicas[further].PromoteAsync(cancellationToken);
        (Primary, Replicas) = (Replicas[further], [Replicas[1 - further]]);
    }

    /// <summary>Has the other replica follow the new primary.</summary>
    public async Task FollowAsync(CancellationToken cancellationToken)
    {
        foreach (LocalPostgres replica in Replicas)
        {
            await SetAsync(replica, "primary_conninfo", string.Create(CultureInfo.InvariantCulture, $"host=127.0.0.1 port={Primary.Port} user=postgres"), cancellationToken);
            await WaitAsync(replica, string.Create(CultureInfo.InvariantCulture, $"SELECT EXISTS (SELECT 1 FROM pg_stat_wal_receiver WHERE status = 'streaming' AND sender_port = {Primary.Port})"), cancellationToken);
        }
    }

    public static async Task ExecuteAsync(LocalPostgres server, string sql, CancellationToken cancellationToken)
    {
        await using var connection = new NpgsqlConnection(server.ConnectionString + ";Pooling=false");
        await connection.OpenAsync(cancellationToken);
        await using var command = new NpgsqlCommand(sql, connection) { CommandTimeout = 0 };
        await command.ExecuteNonQueryAsync(cancellationToken);
    }

    public static async Task<T> ScalarAsync<T>(LocalPostgres server, string sql, CancellationToken cancellationToken)
    {
        await using var connection = new NpgsqlConnection(server.ConnectionString + ";Pooling=false");
        await connection.OpenAsync(cancellationToken);
        await using var command = new NpgsqlCommand(sql, connection) { CommandTimeout = 0 };
        return (T)(await command.ExecuteScalarAsync(cancellationToken))!;
    }

    public ValueTask DisposeAsync() => _first.DisposeAsync();

    private static async Task WaitAsync(LocalPostgres server, string condition, CancellationToken cancellationToken)
    {
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        limit.CancelAfter(FollowLimit);
        while (!await ScalarAsync<bool>(server, condition, limit.Token)) await Task.Delay(AskAgain, TimeProvider.System, limit.Token);
    }
}
