using System.Collections.Concurrent;
using Claims.Ingestion.Postgres.Local;
using Npgsql;

namespace Claims.Ingestion.TestSupport;

/// <summary>
/// The PostgreSQL server of this test process, started at its first use: the one that the connection string
/// <c>Claims</c> names, else the binaries of this machine, else a container.
/// </summary>
public sealed class PostgresServer : IAsyncDisposable
{
    /// <summary>The environment variable with the connection string of a user who may create databases.</summary>
    public const string ConnectionStringVariable = "ConnectionStrings__Claims";

    private const string Default = "";

    private static readonly ConcurrentDictionary<string, Lazy<Task<PostgresServer>>> _servers = new(StringComparer.Ordinal);

    private readonly IAsyncDisposable? _owned;
    private readonly ConcurrentDictionary<string, Lazy<Task<string>>> _templates = new(StringComparer.Ordinal);
    private readonly string _run = Guid.NewGuid().ToString("N")[..8];
    private int _databases;

    private PostgresServer(string adminConnectionString, IAsyncDisposable? owned)
    {
        AdminConnectionString = adminConnectionString;
        _owned = owned;
    }

    /// <summary>Gets the newest installation of every major version on this machine, newest first; empty when there is none.</summary>
    public static IReadOnlyList<PostgresBinaries> AllVersions { get; } =
        [.. PostgresBinaries.FindAll().DistinctBy(binaries => binaries.MajorVersion)];

    /// <summary>Gets the connection string that databases are created with.</summary>
    public string AdminConnectionString { get; }

    /// <summary>The server to test with; every caller in this process gets the same one.</summary>
    public static Task<PostgresServer> GetAsync() => GetOrStart(Default, StartDefaultAsync);

    /// <summary>The server of one installation, as listed by <see cref="AllVersions"/>; every caller in this process gets the same one.</summary>
    public static Task<PostgresServer> GetAsync(PostgresBinaries version)
    {
        ArgumentNullException.ThrowIfNull(version);
        return GetOrStart(version.Directory, () => StartLocalAsync(version));
    }

    /// <summary>Creates a database of its own for a test.</summary>
    /// <param name="template">A template from <see cref="TemplateAsync"/>, or null for an empty database.</param>
    /// <param name="cancellationToken">Stops the creation.</param>
    /// <returns>The connection string, with a small pool.</returns>
    public async Task<string> CreateDatabaseAsync(string? template = null, CancellationToken cancellationToken = default)
    {
        var name = $"claims_test_{_run}_{Interlocked.Increment(ref _databases)}";
        var source = template is null ? "" : $" TEMPLATE {Quoted(template)}";

        // Not through the write-ahead log, page by page, which takes several times as long: the default since version 15, and never done before.
        await ExecuteAsync(version => $"CREATE DATABASE {Quoted(name)}{source}{(template is not null && version.Major >= 15 ? " STRATEGY file_copy" : "")}", cancellationToken);
        return ConnectionStringTo(name);
    }

    /// <summary>Drops a database of <see cref="CreateDatabaseAsync"/>, with the connections that are still open to it.</summary>
    public async Task DropDatabaseAsync(string connectionString, CancellationToken cancellationToken = default)
    {
        await using (var connection = new NpgsqlConnection(connectionString))
        {
            NpgsqlConnection.ClearPool(connection);
        }

        await ExecuteAsync($"DROP DATABASE IF EXISTS {Quoted(DatabaseOf(connectionString))} WITH (FORCE)", cancellationToken);
    }

    /// <summary>Makes a template database once for this server; later and concurrent callers get the same one.</summary>
    /// <param name="name">What tells templates apart.</param>
    /// <param name="migrate">Fills the new database; it must close its connections or let them be pooled.</param>
    /// <returns>The template's name for <see cref="CreateDatabaseAsync"/>.</returns>
    public Task<string> TemplateAsync(string name, Func<string, Task> migrate) =>
        _templates.GetOrAdd(name, _ => new Lazy<Task<string>>(() => MakeTemplateAsync(migrate))).Value;

    /// <summary>Stops a server that was started here. Not needed at the end of the process: a watchdog does it.</summary>
    public ValueTask DisposeAsync() => _owned?.DisposeAsync() ?? ValueTask.CompletedTask;

    private static Task<PostgresServer> GetOrStart(string key, Func<Task<PostgresServer>> start) =>
        _servers.GetOrAdd(key, _ => new Lazy<Task<PostgresServer>>(start)).Value;

    private static async Task<PostgresServer> StartDefaultAsync()
    {
        if (Environment.GetEnvironmentVariable(ConnectionStringVariable) is { Length: > 0 } given)
        {
            return new PostgresServer(given, owned: null);
        }

        try
        {
            return await StartLocalAsync(PostgresBinaries.Find());
        }
        catch (PostgresNotFoundException notFound)
        {
            var container = await PostgresContainer.TryStartAsync();
            return container is { } started
                ? new PostgresServer(started.ConnectionString, started.Container)
                : throw new PostgresNotFoundException($"{notFound.Message}\nDocker does not answer either. Or set {ConnectionStringVariable}.", notFound);
        }
    }

    private static async Task<PostgresServer> StartLocalAsync(PostgresBinaries binaries)
    {
        var server = await LocalPostgres.StartAsync(new LocalPostgresOptions
        {
            BinDirectory = binaries.Directory,
            Settings =
            {
                // A test database need not survive a power cut; commits still wait for the log, as in production.
                ["fsync"] = "off",
                ["full_page_writes"] = "off",
                ["max_connections"] = "300",

                // Compiling a plan costs more than running it over the few rows of a test.
                ["jit"] = "off",

                // What the watch of the database shows of statements.
                ["shared_preload_libraries"] = HasStatements(binaries) ? "pg_stat_statements" : "",
            },
        });
        return new PostgresServer(server.ConnectionString, server);
    }

    /// <summary>Whether the installation has the extension: the smallest ones have none at all.</summary>
    private static bool HasStatements(PostgresBinaries binaries) =>
        new[] { "lib", "lib/postgresql" }.Any(folder => File.Exists(Path.Combine(binaries.Directory, "..", folder, "pg_stat_statements.so")));

    private static string DatabaseOf(string connectionString) => new NpgsqlConnectionStringBuilder(connectionString).Database!;

    private static string Quoted(string identifier) => $"\"{identifier.Replace("\"", "\"\"", StringComparison.Ordinal)}\"";

    private async Task<string> MakeTemplateAsync(Func<string, Task> migrate)
    {
        var connectionString = await CreateDatabaseAsync();
        await migrate(connectionString);

        // A database with open connections cannot be a template.
        await using (var connection = new NpgsqlConnection(connectionString))
        {
            NpgsqlConnection.ClearPool(connection);
        }

        var name = DatabaseOf(connectionString);
        await ExecuteAsync($"ALTER DATABASE {Quoted(name)} ALLOW_CONNECTIONS false", CancellationToken.None);
        await ExecuteAsync($"SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = '{name}'", CancellationToken.None);
        return name;
    }

    private string ConnectionStringTo(string database) => new NpgsqlConnectionStringBuilder(AdminConnectionString)
    {
        Database = database,
        MaxPoolSize = 20,
        ConnectionIdleLifetime = 10,
        IncludeErrorDetail = true,
    }.ConnectionString;

    private Task ExecuteAsync(string sql, CancellationToken cancellationToken) => ExecuteAsync(_ => sql, cancellationToken);

    /// <param name="sql">The statement for a server of that version.</param>
    /// <param name="cancellationToken">The token to cancel it.</param>
    private async Task ExecuteAsync(Func<Version, string> sql, CancellationToken cancellationToken)
    {
        await using var connection = new NpgsqlConnection(new NpgsqlConnectionStringBuilder(AdminConnectionString) { MaxPoolSize = 5 }.ConnectionString);
        await connection.OpenAsync(cancellationToken);
        await using var command = new NpgsqlCommand(sql(connection.PostgreSqlVersion), connection);
        await command.ExecuteNonQueryAsync(cancellationToken);
    }
}
