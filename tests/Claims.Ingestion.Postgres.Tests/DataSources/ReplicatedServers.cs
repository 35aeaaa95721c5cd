using System.Globalization;
using Claims.Ingestion.Postgres.DataSources;
using Claims.Ingestion.Postgres.Local;
using Claims.Ingestion.Postgres.Local.Processes;
using Microsoft.Extensions.DependencyInjection;
using Npgsql;

namespace Claims.Ingestion.Postgres.Tests.DataSources;

/// <summary>A primary and two streaming replicas of the test's own.</summary>
public sealed class ReplicatedServers : IAsyncLifetime
{
    // A server on a busy machine may take its time.
    private static readonly (string Name, string Value)[] Unhurried = [("Routing:Patience", "00:00:20"), ("Routing:ProbeTimeout", "00:00:30")];

    internal LocalPostgres Primary { get; private set; } = null!;

    internal LocalPostgres[] Replicas { get; private set; } = [];

    internal string ConnectionString => new NpgsqlConnectionStringBuilder(Primary.ConnectionString)
    {
        Host = string.Join(',', Replicas.Prepend(Primary).Select(server => string.Create(CultureInfo.InvariantCulture, $"127.0.0.1:{server.Port}"))),
    }.ConnectionString;

    public async ValueTask InitializeAsync()
    {
        // pg_basebackup is not part of every installation.
        PostgresBinaries binaries = PostgresBinaries.FindAll().First(found => found.Has("pg_basebackup"));
        Primary = await LocalPostgres.StartAsync(new LocalPostgresOptions { BinDirectory = binaries.Directory, Settings = { ["shared_buffers"] = "32MB", ["fsync"] = "off" } });
        await RunAsync(Primary, "CREATE TABLE t (id int PRIMARY KEY)");
        Replicas = await Task.WhenAll(Primary.AddReplicaAsync(), Primary.AddReplicaAsync());
    }

    public ValueTask DisposeAsync() => Primary.DisposeAsync();

    /// <summary>The product's services over the servers. Nothing asks the servers but the test, unless it starts what does.</summary>
    internal ServiceProvider Services(params (string Name, string Value)[] settings) =>
        TestServices.Create(ConnectionString, settings.Concat(Unhurried).DistinctBy(setting => setting.Name).ToDictionary(setting => $"Claims:Postgres:{setting.Name}", setting => (string?)setting.Value));

    internal static async Task RunAsync(LocalPostgres server, string sql)
    {
        await using var connection = new NpgsqlConnection(server.ConnectionString + ";Pooling=false");
        await connection.OpenAsync();
        await using var command = new NpgsqlCommand(sql, connection);
        await command.ExecuteNonQueryAsync();
    }

    /// <summary>Stops every process of a server, as if its machine stood still, until it is disposed.</summary>
    internal static IDisposable Freeze(LocalPostgres server) => new Frozen(server);

    private sealed class Frozen : IDisposable
    {
        private readonly ServerProcesses _processes;

        public Frozen(LocalPostgres server)
        {
            _processes = ServerProcesses.Of(server);
            _processes.Freeze();
        }

        public void Dispose() => _processes.Thaw();
    }
}
