using Claims.Ingestion.Postgres.DataSources;
using Claims.Ingestion.Postgres.Diagnostics;
using Claims.Ingestion.Postgres.Partitions;
using Claims.Ingestion.Postgres.Schema;
using Claims.Ingestion.Postgres.Verification;
using Claims.Ingestion.Postgres.Views;
using Claims.Ingestion.Scheduling;
using Claims.Ingestion.Storage;
using Claims.Ingestion.TestSupport;
using FacilityGateway;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Options;
using Npgsql;

namespace Claims.Ingestion.Postgres.Tests.DataSources;

public sealed class PgBouncerTests : IAsyncLifetime
{
    private const string Limits = "SELECT concat_ws(' ', current_setting('statement_timeout'), current_setting('lock_timeout'), current_setting('default_transaction_read_only'))";

    // The sizes of the pools of a host, in the order of the roles, and what it has outside of them.
    private static readonly int[] Sizes = [3, 5, 3];
    private static readonly int HostSize = Sizes.Sum() + 4;

    private readonly string _inbox = Directory.CreateTempSubdirectory("claims-test-inbox-").FullName;
    private PostgresServer _server = null!;
    private string _database = null!;
    private NpgsqlDataSource _direct = null!;

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync()
    {
        _server = await PostgresServer.GetAsync();
        _database = await _server.CreateDatabaseAsync(cancellationToken: Token);
        _direct = NpgsqlDataSource.Create(_database);
    }

    public async ValueTask DisposeAsync()
    {
        await _direct.DisposeAsync();
        await _server.DropDatabaseAsync(_database, CancellationToken.None);
        Directory.Delete(_inbox, recursive: true);
    }

    [Theory]
    [InlineData(PoolerMode.Session)]
    [InlineData(PoolerMode.Transaction)]
    public async Task Hosts_BehindIt_DoEverything(PoolerMode mode)
    {
        // Each connection of a host takes one of the pooler's in session mode. For transactions a few do.
        int size = mode == PoolerMode.Session ? 2 * HostSize : 4;
        await using PgBouncer bouncer = await PgBouncer.StartAsync(_database, mode.ToString().ToLowerInvariant(), size);
        WorldTruth truth = await InboxWriter.WriteAsync(new World(new WorldOptions { Facilities = 4, FilesPerFacility = 4, ClaimsPerFile = 5, BrokenFileShare = 0.1 }), _inbox, Token);
        IHost[] hosts = await Task.WhenAll(StartAsync(bouncer, mode), StartAsync(bouncer, mode));

        await Task.WhenAll(hosts.Select(host => host.Services.GetRequiredService<IngestionControl>().PollAllOnceAsync(Token)));
        IngestionReport again = await hosts[0].Services.GetRequiredService<IngestionControl>().PollAllOnceAsync(Token);
        Assert.Equal((true, 0), (again.IsComplete, again.Total.Stored));
        Assert.Equal((truth.Totals.Claims, truth.Totals.Activities, truth.Totals.RemittanceClaims), (await CountAsync("claim"), await CountAsync("activity"), await CountAsync("remittance_claim")));
        Assert.Equal(truth.Totals.Files, await ScalarAsync<long>("SELECT count(*) FROM claims.claim_file WHERE status = 'stored'"));

        await _direct.CreateCommand("UPDATE claims.claim_file SET stored_at = now() - interval '1 hour'").ExecuteNonQueryAsync(Token);
        await Task.WhenAll(hosts.SelectMany(host => (Task[])
            [
                host.Services.GetRequiredService<ReportViews>().RefreshAllAsync("test", Token),
                host.Services.GetRequiredService<VerificationService>().RunOnceAsync(Token),
                host.Services.GetServices<IHostedService>().OfType<PartitionService>().Single().RunOnceAsync(analyze: true, Token),
                .. Enumerable.Range(0, 10).Select(_ => ReadAsync(host, DataSourceRole.Api, "SELECT count(*) FROM claims.claim c, claims.balance_of(c.provider_id, c.claim_id) WHERE c.claim_no < 3")),
                .. Enumerable.Range(0, 3).Select(_ => ReadAsync(host, DataSourceRole.Report, "SELECT count(*) FROM claims.claim_balance")),
            ]));
        Assert.Equal(truth.Balance.Count, await CountAsync("mv_balance_amount_summary"));
        Assert.Equal(truth.Payerwise.Count, await CountAsync("mv_claim_summary_payerwise"));
        Assert.Equal(0, await CountAsync("verification_finding"));
        Assert.True(await ScalarAsync<bool>("SELECT (SELECT verified_to > 0 OR rounds > 0 FROM claims.verification) AND (SELECT last_analyze IS NOT NULL FROM pg_stat_all_tables WHERE schemaname = 'claims' AND relname = 'claim')"));

        // The watch began with the host.
        foreach (DatabaseWatch watch in hosts.Select(host => host.Services.GetRequiredService<DatabaseWatch>()))
        {
            for (int i = 0; i < 600 && watch.Last is null; i++) await Task.Delay(TimeSpan.FromMilliseconds(50), TimeProvider.System, Token);
            Assert.Equal((3, true), (watch.Last?.Reports.Count, watch.Last?.Reading.DatabaseBytes > 0));
        }

        // Years later, everything is old.
        await _direct.CreateCommand("CREATE OR REPLACE FUNCTION claims.file_month() RETURNS bigint STABLE PARALLEL SAFE LANGUAGE sql AS 'SELECT 2100 * 12::bigint'").ExecuteNonQueryAsync(Token);
        await Task.WhenAll(hosts.Select(host => host.Services.GetRequiredService<MonthPartitions>().CreateAheadAsync(Token)));
        await Task.WhenAll(hosts.Select(host => host.Services.GetRequiredService<Retention>().RunOnceAsync(Token)));
        Assert.Equal(0, await CountAsync("claim"));

        Assert.InRange(await ScalarAsync<long>("SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND pid <> pg_backend_pid()"), 1, size);
        if (mode == PoolerMode.Transaction) Assert.All(await SessionsAsync(bouncer, size), session => Assert.Equal("", session));
        await Task.WhenAll(hosts.Select(host => host.StopAsync(Token)));
        foreach (IHost host in hosts) await ((IAsyncDisposable)host).DisposeAsync();
    }

    [Fact]
    public async Task SessionMode_Connections_KeepTheLimitsOfTheirRole()
    {
        await using PgBouncer bouncer = await PgBouncer.StartAsync(_database, "session", poolSize: 5);
        await using ServiceProvider services = Create(bouncer, PoolerMode.Session, size: 1);
        await services.GetRequiredService<DatabaseServers>().AskAllAsync();
        await _direct.CreateCommand("CREATE TABLE t (i int)").ExecuteNonQueryAsync(Token);
        foreach ((DataSourceRole role, string limits) in ((DataSourceRole, string)[])[(DataSourceRole.Ingestion, "5min 10s off"), (DataSourceRole.Api, "10s 2s on"), (DataSourceRole.Report, "10min 5s on")])
        {
            var dataSource = services.GetRequiredKeyedService<RoleDataSource>(role);
            for (int i = 0; i < 2; i++)
            {
                await using (NpgsqlConnection reading = await dataSource.OpenReadAsync(cancellationToken: Token))
                {
                    await using var show = new NpgsqlCommand(Limits, reading);
                    Assert.Equal(limits, await show.ExecuteScalarAsync(Token));
                    await using var write = new NpgsqlCommand("INSERT INTO t VALUES (1)", reading);
                    if (role != DataSourceRole.Ingestion)
                        Assert.Equal(PostgresErrorCodes.ReadOnlySqlTransaction, (await Assert.ThrowsAsync<PostgresException>(() => write.ExecuteNonQueryAsync(Token))).SqlState);
                }

                // The only connection of the pool; what is not committed does not stay.
                await using NpgsqlConnection writing = await dataSource.OpenPrimaryAsync(Token);
                await using (var insert = new NpgsqlCommand("INSERT INTO t VALUES (2)", writing)) await insert.ExecuteNonQueryAsync(Token);
                await writing.BeginTransactionAsync(Token);
                await using (var insert = new NpgsqlCommand("INSERT INTO t VALUES (3)", writing)) await insert.ExecuteNonQueryAsync(Token);
            }
        }

        Assert.Equal((6, 0), (await ScalarAsync<long>("SELECT count(*) FROM t WHERE i = 2"), await ScalarAsync<long>("SELECT count(*) FROM t WHERE i = 3")));
    }

    [Fact]
    public async Task TransactionMode_Connections_AreLimitedByTheClient()
    {
        await using PgBouncer bouncer = await PgBouncer.StartAsync(_database, "transaction", poolSize: 1);
        await using ServiceProvider services = Create(bouncer, PoolerMode.Transaction, size: 1);
        await services.GetRequiredService<DatabaseServers>().AskAllAsync();

        await using NpgsqlConnection connection = await services.GetRequiredKeyedService<RoleDataSource>(DataSourceRole.Api).OpenReadAsync(cancellationToken: Token);

        await using var command = new NpgsqlCommand(Limits, connection);
        Assert.Equal("0 0 off", await command.ExecuteScalarAsync(Token));
        Assert.Equal(10, command.CommandTimeout);
    }

    [Fact]
    public async Task Migration_ManyHostsAndFewConnections_NobodyWaitsForEver()
    {
        await using PgBouncer bouncer = await PgBouncer.StartAsync(_database, "transaction", poolSize: 2);
        var options = Options.Create(new PostgresOptions { ConnectionString = bouncer.Through(_database), Pooler = PoolerMode.Transaction });

        await Task.WhenAll(Enumerable.Range(0, 6).Select(_ => new SchemaMigrator(options, TimeProvider.System, NullLogger<SchemaMigrator>.Instance).MigrateAsync(Token)))
            .WaitAsync(TimeSpan.FromSeconds(60), Token);

        Assert.True(await ScalarAsync<bool>("SELECT count(*) = count(DISTINCT scriptname) AND count(*) > 0 FROM claims.schema_version"));
    }

    [Theory]
    [InlineData(PoolerMode.None, "refuses the startup options of connections, as a connection pooler such as PgBouncer does. Set Claims:Postgres:Pooler to Session or Transaction, ")]
    [InlineData(PoolerMode.None, "ignores the startup options of connections, as a connection pooler such as PgBouncer does. Set Claims:Postgres:Pooler to Session or Transaction, ", "ignore_startup_parameters = options")]
    [InlineData(PoolerMode.Session, "gives one session to several connections, as PgBouncer does with pool_mode = transaction. Set Claims:Postgres:Pooler to Transaction.")]
    public async Task Start_OtherPoolerThanInTheSettings_SaysWhatToSet(PoolerMode mode, string error, params string[] settings)
    {
        await using PgBouncer bouncer = await PgBouncer.StartAsync(_database, "transaction", poolSize: 1, settings);

        OptionsValidationException exception = await Assert.ThrowsAsync<OptionsValidationException>(() => StartAsync(bouncer, mode, migrate: false));

        var through = new NpgsqlConnectionStringBuilder(bouncer.Through(_database));
        Assert.StartsWith($"{through.Host}:{through.Port} {error}", exception.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Store_WithoutPoolerInTheSettings_SaysWhatToSet()
    {
        await using PgBouncer bouncer = await PgBouncer.StartAsync(_database, "transaction", poolSize: 3);
        await using ServiceProvider services = Create(bouncer, PoolerMode.None, size: 1);
        await services.GetRequiredService<DatabaseServers>().AskAllAsync();

        ClaimStoreException exception = await Assert.ThrowsAsync<ClaimStoreException>(() => services.Store().StoreAsync([Sample.Submission("s", Sample.Day1, Sample.Claim("C", 1m))], Token));

        Assert.Equal("PostgreSQL reported 08P01 (a pooler in between refuses startup options: set Claims:Postgres:Pooler, and leave Options out of the connection string)", exception.Message);
        Assert.True(exception.IsTransient);
    }

    private static async Task ReadAsync(IHost host, DataSourceRole role, string sql)
    {
        var dataSource = host.Services.GetRequiredKeyedService<RoleDataSource>(role);
        for (int i = 0; i < 8; i++)
        {
            await using NpgsqlConnection connection = await dataSource.OpenReadAsync(cancellationToken: Token);
            await using var command = new NpgsqlCommand(sql, connection);
            Assert.True((long)(await command.ExecuteScalarAsync(Token))! > 0);
        }
    }

    /// <summary>What is left in each of the server's sessions: settings, prepared statements, locks, temporary tables.</summary>
    private async Task<List<string>> SessionsAsync(PgBouncer bouncer, int size)
    {
        const string Left =
            """
            SELECT concat_ws(', ',
                (SELECT string_agg(name || '=' || setting, ', ') FROM pg_settings
                 WHERE source = 'session' AND name NOT IN ('application_name', 'client_encoding', 'DateStyle', 'TimeZone', 'standard_conforming_strings', 'transaction_isolation')),
                (SELECT string_agg(statement, ', ') FROM pg_prepared_statements),
                (SELECT string_agg(objid::text, ', ') FROM pg_locks WHERE locktype = 'advisory' AND pid = pg_backend_pid()),
                (SELECT string_agg(relname, ', ') FROM pg_class WHERE relnamespace = pg_my_temp_schema()))
            """;
        await using NpgsqlDataSource pooled = NpgsqlDataSource.Create(bouncer.Through(_database) + ";No Reset On Close=true");
        var connections = new List<NpgsqlConnection>();
        var sessions = new List<string>();

        // Those with a transaction keep theirs, so each of them has another.
        for (int i = 0; i < size; i++)
        {
            NpgsqlConnection connection = await pooled.OpenConnectionAsync(Token);
            connections.Add(connection);
            await connection.BeginTransactionAsync(Token);
            await using var command = new NpgsqlCommand(Left, connection);
            sessions.Add((string)(await command.ExecuteScalarAsync(Token))!);
        }

        foreach (NpgsqlConnection connection in connections) await connection.DisposeAsync();
        return sessions;
    }

    private async Task<IHost> StartAsync(PgBouncer bouncer, PoolerMode mode, bool migrate = true)
    {
        HostApplicationBuilder builder = Host.CreateEmptyApplicationBuilder(null);
        var settings = new Dictionary<string, string?>(SettingsOf(mode, Sizes))
        {
            ["Claims:Scheduling:Enabled"] = "false",
            ["Claims:DirectoryPoller:SettleTime"] = "00:00:00",
            ["Claims:Postgres:KeepMonths"] = "1",
            ["Claims:Postgres:MigrateOnStart"] = $"{migrate}",
            ["Claims:Postgres:VerifyInterval"] = "00:00:00",
            ["Claims:Postgres:Views:Enabled"] = "false",
        };
        foreach ((int i, string folder) in Directory.GetDirectories(_inbox).Index())
        {
            settings[$"Claims:Facilities:{i}:Id"] = Path.GetFileName(folder);
            settings[$"Claims:Facilities:{i}:Endpoint"] = folder;
        }

        builder.Configuration.AddInMemoryCollection(settings);
        builder.Services.AddClaimsIngestion(builder.Configuration.GetSection("Claims")).UsePostgres(bouncer.Through(_database));
        IHost host = builder.Build();
        try
        {
            await host.StartAsync(Token);
            return host;
        }
        catch
        {
            await ((IAsyncDisposable)host).DisposeAsync();
            throw;
        }
    }

    private ServiceProvider Create(PgBouncer bouncer, PoolerMode mode, int size) => TestServices.Create(bouncer.Through(_database), SettingsOf(mode, [size, size, size]));

    private static Dictionary<string, string?> SettingsOf(PoolerMode mode, int[] sizes) => new(StringComparer.Ordinal)
    {
        ["Claims:Postgres:Pooler"] = mode.ToString(),
        ["Claims:Postgres:Ingestion:MaxSize"] = $"{sizes[0]}",
        ["Claims:Postgres:Api:MaxSize"] = $"{sizes[1]}",
        ["Claims:Postgres:Report:MaxSize"] = $"{sizes[2]}",
    };

    private Task<long> CountAsync(string table) => ScalarAsync<long>($"SELECT count(*) FROM claims.{table}");

    private async Task<T> ScalarAsync<T>(string sql)
    {
        await using NpgsqlCommand command = _direct.CreateCommand(sql);
        return (T)(await command.ExecuteScalarAsync(Token))!;
    }
}
