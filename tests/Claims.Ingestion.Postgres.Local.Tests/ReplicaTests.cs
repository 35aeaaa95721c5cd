namespace Claims.Ingestion.Postgres.Local.Tests;

public sealed class ReplicaTests
{
    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task AddReplicaAsync_RunningPrimary_StreamsAndCanBePromoted()
    {
        // pg_basebackup is not part of every installation.
        var binaries = PostgresBinaries.FindAll().First(found => found.Has("pg_basebackup"));
        var primary = await LocalPostgres.StartAsync(new LocalPostgresOptions { BinDirectory = binaries.Directory, Settings = { ["max_connections"] = "120" } }, Token);
        await using var disposal = primary;
        var replica = await primary.AddReplicaAsync(cancellationToken: Token);

        await Database.RunAsync(primary.ConnectionString, "CREATE TABLE streamed AS SELECT 42 AS id");
        await replica.CatchUpAsync(Token);

        Assert.Equal(42, await Database.RunAsync(replica.ConnectionString, "SELECT id FROM streamed"));
        Assert.Equal(true, await Database.RunAsync(replica.ConnectionString, "SELECT pg_is_in_recovery()"));
        await Assert.ThrowsAsync<InvalidOperationException>(() => primary.PromoteAsync(Token));

        await replica.PromoteAsync(Token);
        await Database.RunAsync(replica.ConnectionString, "INSERT INTO streamed VALUES (43)");

        Assert.Equal(false, await Database.RunAsync(replica.ConnectionString, "SELECT pg_is_in_recovery()"));
        await Assert.ThrowsAsync<InvalidOperationException>(() => replica.CatchUpAsync(Token));

        var process = Database.ServerId(replica);
        await primary.DisposeAsync();

        await Gone.ProcessAsync(process);
        await Gone.FolderAsync(replica.WorkDirectory);
    }
}
