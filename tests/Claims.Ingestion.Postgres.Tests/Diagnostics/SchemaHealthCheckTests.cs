using Claims.Ingestion.Postgres.Schema;
using Claims.Ingestion.TestSupport;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Diagnostics.HealthChecks;
using Microsoft.Extensions.Hosting;
using Npgsql;

namespace Claims.Ingestion.Postgres.Tests.Diagnostics;

public sealed class SchemaHealthCheckTests
{
    private static readonly (string, string) _asItIs = ("MigrateOnStart", "false");

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Check_SchemaFoundAtTheStart_IsComparedWithTheBuild()
    {
        await using ClaimsDatabase database = await ClaimsDatabase.CreateAsync();
        long scripts = await database.ScalarAsync<long>("SELECT count(*) FROM claims.schema_version");
        await using (var host = new WatchHost(database.ConnectionString))
        {
            Assert.Equal((HealthStatus.Degraded, "It is not known which schema the database has: nobody has looked. The account needs SELECT ON claims.schema_version."), await host.CheckAsync("claims-schema"));
            Assert.Equal((HealthStatus.Healthy, $"The schema of the database is that of this build: {scripts} scripts."), await StartAsync(host));

            // A host that runs stays fit while a newer one migrates.
            await database.ExecuteAsync("INSERT INTO claims.schema_version (scriptname, applied) VALUES ('Claims.Ingestion.Postgres.Schema.Scripts.9999_future.sql', now())");
            await host.LookAsync();
            Assert.Equal(HealthStatus.Healthy, (await host.CheckAsync("claims-schema")).Status);
        }

        await using (var host = new WatchHost(database.ConnectionString, _asItIs))
        {
            Assert.Equal(
                (HealthStatus.Unhealthy, "The schema of the database is newer than this build, which does not know 9999_future.sql. Run the release that migrated the database, or a later one."),
                await StartAsync(host));
        }

        await database.ExecuteAsync("DELETE FROM claims.schema_version WHERE scriptname LIKE '%9999_future%' OR scriptname LIKE '%0012_lookups_and_pages%' OR scriptname LIKE '%0014_watch%'");
        await using (var host = new WatchHost(database.ConnectionString, _asItIs))
        {
            Assert.Equal(
                (HealthStatus.Unhealthy,
                 $"The schema of the database is older than this build: it lacks 2 of {scripts} scripts, the first is 0012_lookups_and_pages.sql. Start a host with Claims:Postgres:MigrateOnStart and an account that may change the schema, then this one again."),
                await StartAsync(host));
        }
    }

    [Fact]
    public async Task Check_NeverMigrated_LacksEverything()
    {
        PostgresServer server = await PostgresServer.GetAsync();
        string connectionString = await server.CreateDatabaseAsync(cancellationToken: Token);
        await using (var host = new WatchHost(connectionString, _asItIs))
        {
            (HealthStatus status, string? text) = await StartAsync(host);

            Assert.Equal(HealthStatus.Unhealthy, status);
            Assert.Matches(@"^The schema of the database is older than this build: it lacks (\d+) of \1 scripts, the first is 0001_tables\.sql\.", text);
        }

        await server.DropDatabaseAsync(connectionString, Token);
    }

    [Fact]
    public async Task Check_DatabaseAwayAtTheStart_IsKnownAsSoonAsTheWatchSeesIt()
    {
        await using ClaimsDatabase database = await ClaimsDatabase.CreateAsync();
        await database.ExecuteAsync("ALTER TABLE claims.schema_version RENAME COLUMN scriptname TO away");
        await using var host = new WatchHost(database.ConnectionString, _asItIs);
        (HealthStatus status, string? text) = await StartAsync(host);
        Assert.Equal(HealthStatus.Degraded, status);
        Assert.StartsWith("It is not known which schema the database has: PostgreSQL reported 42703", text, StringComparison.Ordinal);

        await database.ExecuteAsync("ALTER TABLE claims.schema_version RENAME COLUMN away TO scriptname");
        await host.LookAsync();

        Assert.Equal(HealthStatus.Healthy, (await host.CheckAsync("claims-schema")).Status);
    }

    private static async Task<(HealthStatus Status, string? Text)> StartAsync(WatchHost host)
    {
        await host.Services.GetServices<IHostedService>().OfType<MigrationService>().Single().StartingAsync(Token);
        return await host.CheckAsync("claims-schema");
    }
}
