using Claims.Ingestion.Postgres.DataSources;
using Claims.Ingestion.Postgres.Local;
using Microsoft.AspNetCore.Builder;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Npgsql;

namespace Claims.Ingestion.AspNetCore.Tests;

/// <summary>A primary, a replica that shows new commits only while it is told to replay, and a host that reads and writes a table of them.</summary>
public sealed class Cluster : IAsyncLifetime
{
    private LocalPostgres _primary = null!;
    private LocalPostgres _replica = null!;

    internal WebServer Host { get; private set; } = null!;

    public async ValueTask InitializeAsync()
    {
        // pg_basebackup is not part of every installation.
        PostgresBinaries binaries = PostgresBinaries.FindAll().First(found => File.Exists(Path.Combine(found.Directory, "pg_basebackup")));
        _primary = await LocalPostgres.StartAsync(new LocalPostgresOptions { BinDirectory = binaries.Directory, Settings = { ["fsync"] = "off" } });
        _replica = await _primary.AddReplicaAsync();
        await ScalarAsync(_primary, "CREATE TABLE note (id int PRIMARY KEY)");
        string connectionString = new NpgsqlConnectionStringBuilder(_primary.ConnectionString) { Host = $"127.0.0.1:{_primary.Port},127.0.0.1:{_replica.Port}" }.ConnectionString;
        Host = await WebServer.StartAsync(
            builder =>
            {
                builder.Configuration.AddInMemoryCollection(new Dictionary<string, string?>
                {
                    ["Claims:Postgres:MigrateOnStart"] = "false",
                    ["Claims:Postgres:Views:Enabled"] = "false",
                    ["Claims:Postgres:VerifyInterval"] = "00:00:00",
                    ["Claims:Postgres:Routing:MaxLag"] = "01:00:00",
                    ["Claims:Postgres:Routing:FallbackReads"] = "1",
                    ["Claims:Postgres:Routing:Patience"] = "00:00:10",
                    ["Claims:Postgres:Routing:ProbeTimeout"] = "00:00:10",
                });
                builder.Services.AddClaimsIngestion(builder.Configuration.GetSection("Claims")).UsePostgres(connectionString);
            },
            app =>
            {
                app.UseClaimsConsistency();
                app.MapPut("/notes/{id}", PutAsync);
                app.MapGet("/notes/{id}", GetAsync);
                app.MapPost("/notes/{id}/copy", PutAndGetAsync);
            });
    }

    public async Task PauseReplayAsync()
    {
        await _replica.CatchUpAsync();
        await ScalarAsync(_replica, "SELECT pg_wal_replay_pause()");
        while (await ScalarAsync(_replica, "SELECT pg_get_wal_replay_pause_state()") is not "paused") await Task.Yield();
    }

    public async Task ResumeReplayAsync()
    {
        await ScalarAsync(_replica, "SELECT pg_wal_replay_resume()");
        await _replica.CatchUpAsync();
    }

    public async ValueTask DisposeAsync()
    {
        await Host.DisposeAsync();
        await _primary.DisposeAsync();
    }

    private static async Task PutAsync(int id, [FromKeyedServices(DataSourceRole.Api)] RoleDataSource database, CancellationToken cancellationToken)
    {
        await using NpgsqlConnection connection = await database.OpenPrimaryAsync(cancellationToken);
        await using var command = new NpgsqlCommand($"INSERT INTO note VALUES ({id})", connection);
        await command.ExecuteNonQueryAsync(cancellationToken);
        await ConsistencyScope.Current!.CommittedAsync(connection, cancellationToken);
    }

    private static async Task<string> GetAsync(int id, [FromKeyedServices(DataSourceRole.Api)] RoleDataSource database, CancellationToken cancellationToken)
    {
        await using NpgsqlConnection connection = await database.OpenReadAsync(cancellationToken: cancellationToken);
        await using var command = new NpgsqlCommand(
            $"SELECT CASE WHEN EXISTS (SELECT FROM note WHERE id = {id}) THEN 'seen' ELSE 'not seen' END || ' on the ' || CASE WHEN pg_is_in_recovery() THEN 'replica' ELSE 'primary' END", connection);
        return (string)(await command.ExecuteScalarAsync(cancellationToken))!;
    }

    private static async Task<string> PutAndGetAsync(int id, [FromKeyedServices(DataSourceRole.Api)] RoleDataSource database, CancellationToken cancellationToken)
    {
        await PutAsync(id, database, cancellationToken);
        return await GetAsync(id, database, cancellationToken);
    }

    private static async Task<object?> ScalarAsync(LocalPostgres server, string sql)
    {
        await using var connection = new NpgsqlConnection(server.ConnectionString + ";Pooling=false");
        await connection.OpenAsync();
        await using var command = new NpgsqlCommand(sql, connection);
        return await command.ExecuteScalarAsync();
    }
}
