using Claims.Ingestion.Postgres.Local.Processes;

namespace Claims.Ingestion.Postgres.Local.Tests.Processes;

public sealed class DirectRunnerTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    private string Marker => Path.Combine(_folder.FullName, "stopped");

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task DisposeAsync_AfterGuard_RunsTheStopCommand()
    {
        var runner = new DirectRunner(["touch", Marker]);
        runner.Guard();

        Assert.Equal(3, await runner.RunAsync(["sh", "-c", "exit 3"], TestContext.Current.CancellationToken));
        Assert.False(File.Exists(Marker));
        await runner.DisposeAsync();

        Assert.True(File.Exists(Marker));
    }

    [Fact]
    public async Task DisposeAsync_NothingGuarded_StopsNothing()
    {
        await new DirectRunner(["touch", Marker]).DisposeAsync();

        Assert.False(File.Exists(Marker));
    }
}
