using Claims.Ingestion.TestSupport;
using Npgsql;

namespace Claims.Ingestion.Postgres.Tests.Schema;

public sealed class SchemaMigratorTests
{
    [Fact]
    public async Task MigrateAsync_ManyHostsAtOnce_EachSucceedsAndScriptsRunOnce()
    {
        PostgresServer server = await PostgresServer.GetAsync();
        string connectionString = await server.CreateDatabaseAsync(cancellationToken: TestContext.Current.CancellationToken);

        await Task.WhenAll(Enumerable.Range(0, 5).Select(_ => Task.Run(() => ClaimsDatabase.MigrateAsync(connectionString))))
            .WaitAsync(TimeSpan.FromSeconds(60), TestContext.Current.CancellationToken);

        await using NpgsqlDataSource database = NpgsqlDataSource.Create(connectionString);
        await using NpgsqlCommand command = database.CreateCommand("SELECT count(*) = count(DISTINCT scriptname) AND count(*) > 0 FROM claims.schema_version");
        Assert.Equal(true, await command.ExecuteScalarAsync(TestContext.Current.CancellationToken));
        await server.DropDatabaseAsync(connectionString, TestContext.Current.CancellationToken);
    }

    [Fact]
    public async Task MigrateAsync_Again_ChangesNothing()
    {
        await using ClaimsDatabase database = await ClaimsDatabase.CreateAsync();
        await database.ExecuteAsync("INSERT INTO claims.view_change (rows) VALUES (1)");

        await ClaimsDatabase.MigrateAsync(database.ConnectionString);

        Assert.Equal(1L, await database.ScalarAsync<long>("SELECT count(*) FROM claims.view_change"));
    }

    [Fact]
    public async Task MigrateAsync_WithoutTheRight_SaysWhatIsNeeded()
    {
        PostgresServer server = await PostgresServer.GetAsync();
        string connectionString = await server.CreateDatabaseAsync(cancellationToken: TestContext.Current.CancellationToken);
        await using NpgsqlDataSource database = NpgsqlDataSource.Create(connectionString);
        string role = $"claims_guest_{Guid.NewGuid():N}";
        await using (NpgsqlCommand create = database.CreateCommand($"CREATE ROLE {role} LOGIN")) await create.ExecuteNonQueryAsync(TestContext.Current.CancellationToken);
        string guest = new NpgsqlConnectionStringBuilder(connectionString) { Username = role, Password = null }.ConnectionString;

        InvalidOperationException exception = await Assert.ThrowsAsync<InvalidOperationException>(() => ClaimsDatabase.MigrateAsync(guest));

        Assert.Contains("needs the right to create a schema", exception.Message, StringComparison.Ordinal);
        await server.DropDatabaseAsync(connectionString, TestContext.Current.CancellationToken);
    }
}
