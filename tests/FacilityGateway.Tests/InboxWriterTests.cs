namespace FacilityGateway.Tests;

public sealed class InboxWriterTests : IDisposable
{
    private readonly DirectoryInfo _directory = Directory.CreateTempSubdirectory("facility-gateway-");

    [Fact]
    public async Task WriteAsync_Twice_LeavesTheSameFiles()
    {
        var world = new World(new WorldOptions { Facilities = 2, ClaimsPerFile = 3 });
        var first = await InboxWriter.WriteAsync(world, _directory.FullName, TestContext.Current.CancellationToken);

        var second = await InboxWriter.WriteAsync(world, _directory.FullName, TestContext.Current.CancellationToken);

        Assert.Equal(first.Totals, second.Totals);
        Assert.Equal(first.Balance, second.Balance);
        Assert.Equal(10, _directory.EnumerateFiles("*", SearchOption.AllDirectories).Count());
    }

    [Fact]
    public async Task WriteAsync_WithoutReports_StillCounts()
    {
        var world = new World(new WorldOptions { Facilities = 1, ClaimsPerFile = 3 });

        var truth = await InboxWriter.WriteAsync(world, _directory.FullName, reports: false, TestContext.Current.CancellationToken);

        Assert.True(truth.Totals.Claims > 0);
        Assert.Empty(truth.Balance);
    }

    [Fact]
    public async Task WriteAsync_Cancelled_WritesNothing()
    {
        await Assert.ThrowsAnyAsync<OperationCanceledException>(
            () => InboxWriter.WriteAsync(new World(new WorldOptions()), _directory.FullName, new CancellationToken(canceled: true)));

        Assert.Empty(_directory.EnumerateFileSystemInfos());
    }

    public void Dispose() => _directory.Delete(recursive: true);
}
