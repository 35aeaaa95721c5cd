using Claims.Ingestion.Postgres.DataSources;
using Claims.Ingestion.Postgres.Local;
using Microsoft.Extensions.DependencyInjection;
using Npgsql;

namespace Claims.Ingestion.Postgres.Tests.DataSources;

/// <summary>Where reads and writes go, asked of real servers. Each test leaves them as it found them.</summary>
public sealed class RoutingTests(ReplicatedServers servers) : IClassFixture<ReplicatedServers>
{
    private static int _lastId;

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task OpenReadAsync_CurrentReplicas_ServeInTurn()
    {
        await using ServiceProvider services = servers.Services();
        RoleDataSource api = await AskedAsync(services, DataSourceRole.Api);

        Assert.Equal([50, 50], await CountAsync(api, 100));
    }

    [Fact]
    public async Task OpenReadAsync_ConnectionsHeld_GoesWhereFewerAreInUse()
    {
        await using ServiceProvider services = servers.Services();
        RoleDataSource api = await AskedAsync(services, DataSourceRole.Api);

        await using NpgsqlConnection held = await api.OpenReadAsync(cancellationToken: Token);
        for (int i = 0; i < 5; i++) Assert.NotEqual(held.Port, await PortOfAsync(api));
        Assert.Equal(1, api.Held);
    }

    [Theory]
    [InlineData(DataSourceRole.Ingestion)]
    [InlineData(DataSourceRole.Api)]
    [InlineData(DataSourceRole.Report)]
    public async Task OpenPrimaryAsync_EachRole_WritesThereAndOnlyForThatOnce(DataSourceRole role)
    {
        await using ServiceProvider services = servers.Services();
        RoleDataSource source = await AskedAsync(services, role);

        Assert.Equal((servers.Primary.Port, 1), await WriteAsync(source));
        await using ServiceProvider single = TestServices.Create(servers.Primary.ConnectionString);
        RoleDataSource only = single.GetRequiredKeyedService<RoleDataSource>(role);
        await WriteAsync(only);
        await using NpgsqlConnection read = await only.OpenReadAsync(cancellationToken: Token);
        if (role == DataSourceRole.Ingestion) return;

        PostgresException refusal = await Assert.ThrowsAsync<PostgresException>(() => new NpgsqlCommand("INSERT INTO t VALUES (-1)", read).ExecuteNonQueryAsync(Token));
        Assert.Equal(PostgresErrorCodes.ReadOnlySqlTransaction, refusal.SqlState);
    }

    [Fact]
    public async Task OpenReadAsync_LateReplica_GetsNoReadsUntilItHasCaughtUp()
    {
        await using ServiceProvider services = servers.Services(("Routing:MaxLagBytes", "1000000"));
        RoleDataSource api = await AskedAsync(services, DataSourceRole.Api);
        (LocalPostgres late, LocalPostgres current) = (servers.Replicas[0], servers.Replicas[1]);

        await ReplicatedServers.RunAsync(late, "SELECT pg_wal_replay_pause()");
        try
        {
            await ReplicatedServers.RunAsync(servers.Primary, "CREATE TABLE large AS SELECT n, repeat('x', 100) FROM generate_series(1, 20000) n; DROP TABLE large");
            await current.CatchUpAsync(Token);
            await services.GetRequiredService<DatabaseServers>().AskAllAsync();
            for (int i = 0; i < 6; i++) Assert.Equal(current.Port, await PortOfAsync(api));
        }
        finally
        {
            await ReplicatedServers.RunAsync(late, "SELECT pg_wal_replay_resume()");
        }

        await late.CatchUpAsync(Token);
        await services.GetRequiredService<DatabaseServers>().AskAllAsync();
        Assert.Contains(late.Port, new[] { await PortOfAsync(api), await PortOfAsync(api) });
    }

    [Fact]
    public async Task OpenReadAsync_WithAToken_GoesOnlyWhereItIsReached()
    {
        await using ServiceProvider services = servers.Services(("Routing:TokenWait", "00:00:00"));
        RoleDataSource api = await AskedAsync(services, DataSourceRole.Api);
        RoleDataSource ingestion = services.GetRequiredKeyedService<RoleDataSource>(DataSourceRole.Ingestion);
        (LocalPostgres late, LocalPostgres current) = (servers.Replicas[0], servers.Replicas[1]);

        await ReplicatedServers.RunAsync(late, "SELECT pg_wal_replay_pause()");
        await ReplicatedServers.RunAsync(current, "SELECT pg_wal_replay_pause()");
        try
        {
            using ConsistencyScope scope = ConsistencyScope.Begin();
            await using (NpgsqlConnection connection = await ingestion.OpenPrimaryAsync(Token))
            {
                await new NpgsqlCommand($"INSERT INTO t VALUES ({Interlocked.Increment(ref _lastId)})", connection).ExecuteNonQueryAsync(Token);
                await scope.CommittedAsync(connection, Token);
            }

            Assert.Equal(servers.Primary.Port, await PortOfAsync(api));

            await ReplicatedServers.RunAsync(current, "SELECT pg_wal_replay_resume()");
            await current.CatchUpAsync(Token);
            await services.GetRequiredService<DatabaseServers>().AskAllAsync();
            for (int i = 0; i < 4; i++) Assert.Equal(current.Port, await PortOfAsync(api));
        }
        finally
        {
            await ReplicatedServers.RunAsync(late, "SELECT pg_wal_replay_resume()");
            await ReplicatedServers.RunAsync(current, "SELECT pg_wal_replay_resume()");
        }
    }

    [Fact]
    public async Task OpenReadAsync_ReplicaThatComesSoonEnough_IsWaitedFor()
    {
        await using ServiceProvider services = servers.Services(("Routing:TokenWait", "00:00:30"));
        RoleDataSource api = await AskedAsync(services, DataSourceRole.Api);
        RoleDataSource ingestion = services.GetRequiredKeyedService<RoleDataSource>(DataSourceRole.Ingestion);

        for (int i = 0; i < 50; i++)
        {
            await using NpgsqlConnection write = await ingestion.OpenPrimaryAsync(Token);
            int id = Interlocked.Increment(ref _lastId);
            await new NpgsqlCommand($"INSERT INTO t VALUES ({id})", write).ExecuteNonQueryAsync(Token);
            ConsistencyToken token = await ConsistencyToken.TakeAsync(write, Token);

            await using NpgsqlConnection read = await api.OpenReadAsync(token, Token);

            Assert.NotEqual(servers.Primary.Port, read.Port);
            Assert.Equal(1L, await new NpgsqlCommand($"SELECT count(*) FROM t WHERE id = {id}", read).ExecuteScalarAsync(Token));
        }
    }

    [Fact]
    public async Task OpenReadAsync_TokenOfTheFutureAndNoPrimary_EndsInTime()
    {
        string replicas = new NpgsqlConnectionStringBuilder(servers.ConnectionString) { Host = string.Join(',', servers.Replicas.Select(replica => $"127.0.0.1:{replica.Port}")) }.ConnectionString;
        await using ServiceProvider services = TestServices.Create(replicas, new Dictionary<string, string?> { ["Claims:Postgres:Api:ConnectTimeout"] = "00:00:01" });
        RoleDataSource api = await AskedAsync(services, DataSourceRole.Api);
        Assert.True(ConsistencyToken.TryParse("FFFFFFFF-FFFFFFFFFFFFFFFF", out ConsistencyToken future));

        await Assert.ThrowsAsync<NoServerException>(async () => await api.OpenReadAsync(future, Token));
    }

    [Fact]
    public async Task OpenReadAsync_NoReplicaLeft_GoesToThePrimaryWithinItsBudget()
    {
        await using ServiceProvider services = servers.Services(("Routing:FallbackReads", "1"), ("Api:ConnectTimeout", "00:00:01"));
        RoleDataSource api = await AskedAsync(services, DataSourceRole.Api);
        foreach (Server replica in services.GetRequiredService<DatabaseServers>().Servers.Skip(1)) replica.Suspect();

        NpgsqlConnection held = await api.OpenReadAsync(cancellationToken: Token);
        Assert.Equal(servers.Primary.Port, held.Port);
        NoServerException exception = await Assert.ThrowsAsync<NoServerException>(async () => await api.OpenReadAsync(cancellationToken: Token));
        Assert.Contains("1 reads are on the primary already (Claims:Postgres:Routing:FallbackReads)", exception.Message, StringComparison.Ordinal);

        Task<NpgsqlConnection> waiting = api.OpenReadAsync(cancellationToken: Token).AsTask();
        Assert.False(waiting.IsCompleted);
        await held.DisposeAsync();
        await using NpgsqlConnection next = await waiting;
        Assert.Equal(servers.Primary.Port, next.Port);
    }

    [Fact]
    public async Task OpenReadAsync_FrozenReplica_IsLeftAloneUntilItAnswers()
    {
        await using ServiceProvider services = servers.Services(("Routing:Patience", "00:00:01"), ("Routing:ProbeTimeout", "00:00:02"));
        RoleDataSource api = await AskedAsync(services, DataSourceRole.Api);
        Server frozen = services.GetRequiredService<DatabaseServers>().Servers[1];
        Assert.Contains(servers.Replicas[0].Port, new[] { await PortOfAsync(api), await PortOfAsync(api) });
        await services.GetRequiredService<DatabaseServers>().AskAllAsync();

        using (ReplicatedServers.Freeze(servers.Replicas[0]))
        {
            // What it said before it froze holds for a moment.
            while (await frozen.AnswersAsync(Token)) await Task.Yield();
            for (int i = 0; i < 10; i++) Assert.Equal(servers.Replicas[1].Port, await PortOfAsync(api));
        }

        // The question that stood still is given up first.
        while (!frozen.IsTrusted) await frozen.AskAsync();
        Assert.Contains(servers.Replicas[0].Port, new[] { await PortOfAsync(api), await PortOfAsync(api) });
    }

    [Fact]
    public async Task OpenReadAsync_RestartedReplica_HandsOutNoConnectionOfBefore()
    {
        await using ServiceProvider services = servers.Services();
        RoleDataSource api = await AskedAsync(services, DataSourceRole.Api);
        for (int i = 0; i < 4; i++) await PortOfAsync(api);

        await servers.Replicas[0].RestartAsync(cancellationToken: Token);
        await services.GetRequiredService<DatabaseServers>().AskAllAsync();
        await services.GetRequiredService<DatabaseServers>().AskAllAsync();

        Assert.Equal([2, 2], await CountAsync(api, 4));
    }

    private static async Task<RoleDataSource> AskedAsync(ServiceProvider services, DataSourceRole role)
    {
        await services.GetRequiredService<DatabaseServers>().FirstAnswers;
        await services.GetRequiredService<DatabaseServers>().AskAllAsync();
        return services.GetRequiredKeyedService<RoleDataSource>(role);
    }

    /// <summary>How many of some reads each replica served.</summary>
    private async Task<IEnumerable<int>> CountAsync(RoleDataSource source, int reads)
    {
        var ports = new List<int>();
        for (int i = 0; i < reads; i++) ports.Add(await PortOfAsync(source));
        return servers.Replicas.Select(replica => ports.Count(port => port == replica.Port));
    }

    /// <summary>Where a read went; a replica is one by its own account.</summary>
    private async Task<int> PortOfAsync(RoleDataSource source)
    {
        await using NpgsqlConnection connection = await source.OpenReadAsync(cancellationToken: Token);
        bool isReplica = (bool)(await new NpgsqlCommand("SELECT pg_is_in_recovery()", connection).ExecuteScalarAsync(Token))!;
        Assert.Equal(isReplica, connection.Port != servers.Primary.Port);
        return connection.Port;
    }

    private static async Task<(int Port, int Rows)> WriteAsync(RoleDataSource source)
    {
        await using NpgsqlConnection connection = await source.OpenPrimaryAsync(Token);
        return (connection.Port, await new NpgsqlCommand($"INSERT INTO t VALUES ({Interlocked.Increment(ref _lastId)})", connection).ExecuteNonQueryAsync(Token));
    }
}
