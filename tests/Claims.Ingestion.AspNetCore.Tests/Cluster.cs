using Claims.Ingestion.Postgres.Local;
using Npgsql;

namespace Claims.Ingestion.AspNetCore.Tests;

/// <summary>A primary and a replica, which shows new commits only while it is told to replay.</summary>
public sealed class Cluster : IAsyncLifetime
{
    private LocalPostgres _primary = null!;
    private LocalPostgres _replica = null!;

    public string ConnectionString { get; private set; } = "";

    public async ValueTask InitializeAsync()
    {
        _primary = await LocalPostgres.StartAsync(new LocalPostgresOptions { Settings = { ["fsync"] = "off" } });
        _replica = await _primary.AddReplicaAsync();
        await ScalarAsync(_primary, "CREATE TABLE note (id int PRIMARY KEY)");
        ConnectionString = new NpgsqlConnectionStringBuilder(_primary.ConnectionString) { Host = $"127.0.0.1:{_primary.Port},127.0.0.1:{_replica.Port}" }.ConnectionString;
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

    public ValueTask DisposeAsync() => _primary.DisposeAsync();

    private static async Task<object?> ScalarAsync(LocalPostgres server, string sql)
    {
        await using var connection = new NpgsqlConnection(server.ConnectionString + ";Pooling=false");
        await connection.OpenAsync();
        await using var command = new NpgsqlCommand(sql, connection);
        return await command.ExecuteScalarAsync();
    }
}
