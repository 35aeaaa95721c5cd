using Claims.Ingestion.Postgres.DataSources;
using Claims.Ingestion.Postgres.Diagnostics;
using Claims.Ingestion.Postgres.Local;
using Claims.Ingestion.Scheduling;
using FacilityGateway;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Npgsql;

namespace Claims.Ingestion.Postgres.Tests.DataSources;

public sealed class FailoverTests : IAsyncLifetime
{
    private const int Facilities = 3;
    private const int Files = 40;
    private const int Claims = 20;

    private readonly ReplicatedServers _servers = new();
    private readonly DirectoryInfo _inbox = Directory.CreateTempSubdirectory("claims-failover-");

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    public ValueTask InitializeAsync() => _servers.InitializeAsync();

    public async ValueTask DisposeAsync()
    {
        await _servers.DisposeAsync();
        _inbox.Delete(recursive: true);
    }

    [Fact]
    public async Task Ingestion_PrimaryKilledAndReplicaPromoted_GoesOnByItselfAndLosesAndDoublesNothing()
    {
        // Set after the replicas were made, so that a promoted one waits for nobody.
        await ReplicatedServers.RunAsync(_servers.Primary, "ALTER SYSTEM SET synchronous_standby_names = 'ANY 1 (*)'");
        await ReplicatedServers.RunAsync(_servers.Primary, "SELECT pg_reload_conf()");
        Dictionary<string, string?> settings = WriteFiles();
        settings["Claims:Scheduling:Enabled"] = "false";
        settings["Claims:DirectoryPoller:SettleTime"] = "00:00:00";
        settings["Claims:Pipeline:BatchClaims"] = settings["Claims:Pipeline:MaxBatchClaims"] = settings["Claims:Pipeline:MinBatchClaims"] = "50";
        settings["Claims:Postgres:Views:Enabled"] = "false";
        settings["Claims:Postgres:Routing:ProbeInterval"] = "00:00:00.100";
        HostApplicationBuilder builder = Host.CreateEmptyApplicationBuilder(new HostApplicationBuilderSettings());
        settings["Claims:Postgres:Watch:Interval"] = "01:00:00";
        builder.Configuration.AddInMemoryCollection(settings);
        builder.Services.AddClaimsIngestion(builder.Configuration.GetSection("Claims")).UsePostgres(_servers.ConnectionString);
        using IHost host = builder.Build();
        await host.StartAsync(Token);
        RoleDataSource api = host.Services.GetRequiredKeyedService<RoleDataSource>(DataSourceRole.Api);

        DatabaseWatch watch = host.Services.GetRequiredService<DatabaseWatch>();
        while (watch.Last is null) await Task.Delay(TimeSpan.FromMilliseconds(10), TimeProvider.System, Token);

        Task<IngestionReport> poll = host.Services.GetRequiredService<IngestionControl>().PollAllOnceAsync(Token);
        while (await ScalarAsync<long>(_servers.Primary, "SELECT count(*) FROM claims.claim_file") == 0) await Task.Yield();
        await _servers.Primary.StopAsync(LocalPostgresStop.Immediate, Token);

        // Reads go on, and who wants to write waits.
        var databases = host.Services.GetRequiredService<DatabaseServers>();
        while (databases.States[0].IsReachable) await databases.NextReport;
        await using (NpgsqlConnection read = await api.OpenReadAsync(cancellationToken: Token)) Assert.Contains(read.Port, _servers.Replicas.Select(replica => replica.Port));
        RoleDataSource ingestion = host.Services.GetRequiredKeyedService<RoleDataSource>(DataSourceRole.Ingestion);
        Task<NpgsqlConnection> opening = ingestion.OpenPrimaryAsync(Token).AsTask();
        Assert.False(opening.IsCompleted);
        DatabaseLook before = watch.Last;
        await watch.RunOnceAsync(Token);
        Assert.Same(before, watch.Last);

        LocalPostgres next = await FurtherAsync();
        await next.PromoteAsync(Token);
        await using (NpgsqlConnection opened = await opening) Assert.Equal(next.Port, opened.Port);
        await poll;
        await watch.RunOnceAsync(Token);
        Assert.NotSame(before, watch.Last);
        Assert.Equal(1, await ScalarAsync<long>(next, "SELECT count(*) FROM pg_stat_activity WHERE application_name = 'claims-watch'"));

        Assert.Equal(
            $"{Facilities * Files} {Facilities * Files * Claims} {Facilities * Files * Claims}",
            await ScalarAsync<string>(
                next,
                "SELECT concat_ws(' ', (SELECT count(*) FROM claims.claim_file WHERE status = 'stored'), (SELECT sum(claim_count) FROM claims.claim_file), (SELECT count(*) FROM claims.claim))"));
        Assert.Empty(_inbox.EnumerateFiles("*.xml", new EnumerationOptions { RecurseSubdirectories = true, MaxRecursionDepth = 1 }));

        // The one that was left behind comes back, and still calls itself primary.
        await _servers.Primary.RestartAsync(cancellationToken: Token);
        await databases.AskAllAsync();
        await using NpgsqlConnection write = await ingestion.OpenPrimaryAsync(Token);
        await using NpgsqlConnection seeing = await api.OpenReadAsync(await ConsistencyToken.TakeAsync(write, Token), Token);
        Assert.Equal((next.Port, next.Port), (write.Port, seeing.Port));
        await host.StopAsync(Token);
    }

    private static async Task<T> ScalarAsync<T>(LocalPostgres server, string sql)
    {
        await using var connection = new NpgsqlConnection(server.ConnectionString + ";Pooling=false");
        await connection.OpenAsync(Token);
        await using var command = new NpgsqlCommand(sql, connection);
        return (T)(await command.ExecuteScalarAsync(Token))!;
    }

    /// <summary>The replica that has received more: it has whatever was acknowledged.</summary>
    private async Task<LocalPostgres> FurtherAsync()
    {
        const string Received = "SELECT (pg_last_wal_receive_lsn() - '0/0')::bigint";
        return await ScalarAsync<long>(_servers.Replicas[0], Received) >= await ScalarAsync<long>(_servers.Replicas[1], Received) ? _servers.Replicas[0] : _servers.Replicas[1];
    }

    private Dictionary<string, string?> WriteFiles()
    {
        var settings = new Dictionary<string, string?>();
        for (int facility = 0; facility < Facilities; facility++)
        {
            string id = $"DHA-F-{facility:0000000}";
            DirectoryInfo folder = _inbox.CreateSubdirectory(id);
            settings[$"Claims:Facilities:{facility}:Id"] = id;
            settings[$"Claims:Facilities:{facility}:Poller"] = "directory";
            settings[$"Claims:Facilities:{facility}:Endpoint"] = folder.FullName;
            for (int file = 0; file < Files; file++)
            {
                using FileStream stream = File.Create(Path.Combine(folder.FullName, $"{file}.xml"));
                SubmissionFile.WriteLarge(stream, Claims, seed: (facility * Files) + file + 1, id);
            }
        }

        return settings;
    }
}
