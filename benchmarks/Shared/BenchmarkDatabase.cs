using Claims.Ingestion.Postgres.Local;
using Claims.Ingestion.Postgres.Schema;
using Claims.Ingestion.Storage;
using Microsoft.Extensions.DependencyInjection;
using Npgsql;

namespace Claims.Measuring;

/// <summary>An empty database with the product's schema and store: on the server that an environment variable names, or on a private one.</summary>
internal sealed class BenchmarkDatabase : IAsyncDisposable
{
    private const string Variable = "ConnectionStrings__Claims";

    private readonly LocalPostgres? _server;
    private readonly string _serverConnection;
    private readonly string _name = $"claims_benchmarks_{Guid.NewGuid():N}";
    private ServiceProvider? _services;

    private BenchmarkDatabase(LocalPostgres? server, string serverConnection)
    {
        _server = server;
        _serverConnection = new NpgsqlConnectionStringBuilder(serverConnection) { Pooling = false }.ConnectionString;
        ConnectionString = new NpgsqlConnectionStringBuilder(serverConnection) { Database = _name }.ConnectionString;
    }

    public string ConnectionString { get; }

    public IClaimStore Store => Get<IClaimStore>();

    /// <param name="settings">Settings of the private server; fsync and synchronous commit are on whatever they say.</param>
    public static async Task<BenchmarkDatabase> StartAsync(IReadOnlyDictionary<string, string>? settings = null)
    {
        string? named = Environment.GetEnvironmentVariable(Variable);
        LocalPostgres? server = string.IsNullOrEmpty(named) ? await LocalPostgres.StartAsync(Options(settings)) : null;
        var database = new BenchmarkDatabase(server, server?.ConnectionString ?? named!);
        try
        {
            await database.CreateAsync();
        }
        catch
        {
            await database.DisposeAsync();
            throw;
        }

        return database;
    }

    /// <summary>A service of the product, over this database.</summary>
    public T Get<T>()
        where T : notnull => _services!.GetRequiredService<T>();

    public Task ExecuteAsync(string sql, CancellationToken cancellationToken = default) => ExecuteAsync(ConnectionString, sql, cancellationToken);

    public async Task<T> ScalarAsync<T>(string sql)
    {
        await using var connection = new NpgsqlConnection(ConnectionString);
        await connection.OpenAsync();
        await using var command = new NpgsqlCommand(sql, connection) { CommandTimeout = 0 };
        return (T)(await command.ExecuteScalarAsync())!;
    }

    public async ValueTask DisposeAsync()
    {
        if (_services is not null)
            await _services.DisposeAsync();

        if (_server is not null)
            await _server.DisposeAsync();
        else
            await ExecuteAsync(_serverConnection, $"DROP DATABASE IF EXISTS {_name} WITH (FORCE)");
    }

    private static LocalPostgresOptions Options(IReadOnlyDictionary<string, string>? settings)
    {
        var options = new LocalPostgresOptions();
        foreach ((string name, string value) in settings ?? new Dictionary<string, string>()) options.Settings[name] = value;
        options.Settings["fsync"] = "on";
        options.Settings["synchronous_commit"] = "on";
        options.Settings["full_page_writes"] = "on";
        return options;
    }

    private async Task CreateAsync()
    {
        await ExecuteAsync(_serverConnection, $"CREATE DATABASE {_name}");
        var services = new ServiceCollection();
        services.AddLogging();
        services.AddClaimsIngestion().UsePostgres(ConnectionString);
        _services = services.BuildServiceProvider();
        await _services.GetRequiredService<SchemaMigrator>().MigrateAsync(CancellationToken.None);
    }

    private static async Task ExecuteAsync(string connectionString, string sql, CancellationToken cancellationToken = default)
    {
        await using var connection = new NpgsqlConnection(connectionString);
        await connection.OpenAsync(cancellationToken);
        await using var command = new NpgsqlCommand(sql, connection) { CommandTimeout = 0 };
        await command.ExecuteNonQueryAsync(cancellationToken);
    }
}
