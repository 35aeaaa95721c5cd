using Claims.Ingestion.Postgres.Local.Clusters;

namespace Claims.Ingestion.Postgres.Local.Tests;

public sealed class KeptDataTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    private LocalPostgresOptions Options => new() { DataDirectory = Path.Combine(_folder.FullName, "data") };

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task StartAsync_SameDataDirectoryAgain_KeepsRows()
    {
        await using (var first = await LocalPostgres.StartAsync(Options, Token))
        {
            await Database.RunAsync(first.ConnectionString, "CREATE TABLE kept AS SELECT 1 AS id");

            var inUse = await Assert.ThrowsAsync<LocalPostgresException>(() => LocalPostgres.StartAsync(Options, Token));
            Assert.Contains("is in use by another LocalPostgres", inUse.Message);
            Assert.Equal(1, await Database.RunAsync(first.ConnectionString, "SELECT id FROM kept"));
        }

        // The id of this very process stands for one that was given to another program.
        var data = Options.DataDirectory!;
        await File.WriteAllTextAsync(Path.Combine(data, "postmaster.pid"), $"{Environment.ProcessId}\n{data}\n1\n5432\n\n127.0.0.1\n\nready\n", Token);

        await using var second = await LocalPostgres.StartAsync(Options, Token);

        Assert.Equal(1, await Database.RunAsync(second.ConnectionString, "SELECT id FROM kept"));
        Assert.Single(File.ReadLines(Path.Combine(data, "postgresql.conf")), line => line.Contains(ServerSettings.FileName));
    }

    [Fact]
    public async Task StartAsync_OwnerAndWatchdogKilled_StopsTheServerLeftBehindAndStarts()
    {
        using var child = await ChildProcess.StartAsync(dataDirectory: Options.DataDirectory);
        await Database.RunAsync(child.ConnectionString, "CREATE TABLE kept AS SELECT 1 AS id");
        child.KillWatchdog();
        await child.KillAsync();
        Assert.True(Gone.IsRunning(child.ServerId));

        await using var server = await LocalPostgres.StartAsync(Options, Token);

        Assert.False(Gone.IsRunning(child.ServerId));
        Assert.Equal(1, await Database.RunAsync(server.ConnectionString, "SELECT id FROM kept"));
    }

    [Fact]
    public async Task StartAsync_ServerOfSomebodyElse_ThrowsAndLeavesItAlone()
    {
        await using var other = await LocalPostgres.StartAsync(cancellationToken: Token);

        // The other server's own lock is in its work folder, so its data looks as if started by hand.
        var exception = await Assert.ThrowsAsync<LocalPostgresException>(() => LocalPostgres.StartAsync(new LocalPostgresOptions { DataDirectory = other.DataDirectory }, Token));

        Assert.Contains($"is in use by the server with process id {Database.ServerId(other)} on port {other.Port}", exception.Message);
        Assert.Equal(1, await Database.RunAsync(other.ConnectionString, "SELECT 1"));
    }

    [Fact]
    public async Task StartAsync_OtherMajorVersion_NamesBothVersions()
    {
        var data = _folder.Sub("data");
        await File.WriteAllTextAsync(Path.Combine(data, "PG_VERSION"), "9.6\n", Token);

        var exception = await Assert.ThrowsAsync<LocalPostgresException>(() => LocalPostgres.StartAsync(Options, Token));

        Assert.Contains($"was made by PostgreSQL 9.6, but the programs in '{PostgresBinaries.Find().Directory}' are version {PostgresBinaries.Find().Version}", exception.Message);
    }

    [Fact]
    public async Task StartAsync_FolderWithOtherFiles_Refuses()
    {
        await File.WriteAllTextAsync(Path.Combine(_folder.Sub("data"), "letter.txt"), "", Token);

        var exception = await Assert.ThrowsAsync<LocalPostgresException>(() => LocalPostgres.StartAsync(Options, Token));

        Assert.Contains("is not empty and holds no PostgreSQL cluster", exception.Message);
    }
}
