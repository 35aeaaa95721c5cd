using Claims.Ingestion.Postgres.DataSources;
using Claims.Ingestion.Postgres.Local;
using Claims.Ingestion.Postgres.Schema;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Options;
using Npgsql;

namespace Claims.Ingestion.TestSupport;

/// <summary>A database of its own with the schema in it, made from a template that is migrated once for each server.</summary>
public sealed class ClaimsDatabase : IAsyncDisposable
{
    private readonly PostgresServer _server;

    private ClaimsDatabase(PostgresServer server, string connectionString)
    {
        _server = server;
        ConnectionString = connectionString;
        DataSource = NpgsqlDataSource.Create(connectionString);
    }

    public string ConnectionString { get; }

    /// <summary>For the test's own questions.</summary>
    public NpgsqlDataSource DataSource { get; }

    /// <param name="version">The PostgreSQL to use; the default one when null.</param>
    public static async Task<ClaimsDatabase> CreateAsync(PostgresBinaries? version = null)
    {
        PostgresServer server = version is null ? await PostgresServer.GetAsync() : await PostgresServer.GetAsync(version);
        string template = await server.TemplateAsync("claims", MigrateAsync);
        return new ClaimsDatabase(server, await server.CreateDatabaseAsync(template));
    }

    public static Task MigrateAsync(string connectionString) =>
        new SchemaMigrator(Options.Create(new PostgresOptions { ConnectionString = connectionString }), TimeProvider.System, NullLogger<SchemaMigrator>.Instance)
            .MigrateAsync(CancellationToken.None);

    public async Task<T> ScalarAsync<T>(string sql)
    {
        await using NpgsqlCommand command = DataSource.CreateCommand(sql);
        return (T)(await command.ExecuteScalarAsync())!;
    }

    /// <summary>Runs statements that may fill large tables: on a busy machine they take longer than a command usually may.</summary>
    public async Task ExecuteAsync(string sql)
    {
        await using NpgsqlCommand command = DataSource.CreateCommand(sql);
        command.CommandTimeout = 300;
        await command.ExecuteNonQueryAsync();
    }

    /// <summary>Reads rows as text, in PostgreSQL's own form, for comparing.</summary>
    public async Task<IReadOnlyList<string>> RowsAsync(string sql)
    {
        await using NpgsqlCommand command = DataSource.CreateCommand($"SELECT q::text FROM ({sql}) q");
        var rows = new List<string>();
        await using NpgsqlDataReader reader = await command.ExecuteReaderAsync();
        while (await reader.ReadAsync()) rows.Add(reader.GetString(0));
        return rows;
    }

    public async ValueTask DisposeAsync()
    {
        await DataSource.DisposeAsync();
        await _server.DropDatabaseAsync(ConnectionString);
    }
}
