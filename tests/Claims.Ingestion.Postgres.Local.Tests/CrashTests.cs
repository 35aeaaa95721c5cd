using Claims.Ingestion.Postgres.Local.Processes;

namespace Claims.Ingestion.Postgres.Local.Tests;

public sealed class CrashTests
{
    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Parent_Killed_LeavesNeitherServerNorFolder(bool entireTree)
    {
        using var child = await ChildProcess.StartAsync();
        Assert.True(Gone.IsRunning(child.ServerId));

        await child.KillAsync(entireTree);

        await Gone.ProcessAsync(child.ServerId);
        await Gone.FolderAsync(child.WorkDirectory);
    }

    [Fact]
    public async Task Parent_ExitsWithoutDisposing_LeavesNeitherServerNorFolder()
    {
        using var child = await ChildProcess.StartAsync(exits: true);

        await child.WaitForExitAsync();

        await Gone.ProcessAsync(child.ServerId);
        await Gone.FolderAsync(child.WorkDirectory);
    }

    [Fact]
    public async Task StartAsync_StaleCluster_IsSweptAway()
    {
        using var child = await ChildProcess.StartAsync();
        child.KillWatchdog();
        await child.KillAsync();
        Assert.True(Gone.IsRunning(child.ServerId));
        Assert.True(Directory.Exists(child.WorkDirectory));

        await using var server = await LocalPostgres.StartAsync(cancellationToken: TestContext.Current.CancellationToken);

        await Gone.ProcessAsync(child.ServerId);
        await Gone.FolderAsync(child.WorkDirectory);
    }

    [Fact]
    public async Task DisposeAsync_WatchdogKilled_StillStopsAndRemoves()
    {
        var server = await LocalPostgres.StartAsync(cancellationToken: TestContext.Current.CancellationToken);
        var process = Database.ServerId(server);
        var watchdogs = System.Diagnostics.Process.GetProcesses().Where(found =>
            Gone.ReadText($"/proc/{found.Id}/cmdline") is { } line && line.Contains("claims-pg-watchdog") && line.Contains(server.WorkDirectory)).ToArray();
        Assert.Single(watchdogs).Kill();

        await server.DisposeAsync();

        Assert.False(Gone.IsRunning(process));
        Assert.False(Directory.Exists(server.WorkDirectory));
    }

    [Fact]
    public async Task StartAsync_OrdinaryUser_Works()
    {
        var user = ServerUser.Find();
        Assert.SkipUnless(user.CanEnter(AppContext.BaseDirectory), "The user cannot reach the test program.");

        using var child = await ChildProcess.StartAsync(prefix: user.Prefix);

        Assert.Equal(user.Name, child.UserName);
        Assert.Equal(1, await Database.RunAsync(child.ConnectionString, "SELECT 1"));
        await child.KillAsync();
        await Gone.ProcessAsync(child.ServerId);
        await Gone.FolderAsync(child.WorkDirectory);
    }
}
