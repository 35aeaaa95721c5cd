using Claims.Ingestion.Polling;

namespace Claims.Ingestion.Tests.Polling;

public sealed class DirectorySettlingTests : IDisposable
{
    private static readonly TimeSpan Second = TimeSpan.FromSeconds(1);

    private readonly PollingFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task ListAsync_YoungFile_IsYieldedAfterTheSettledOnesOnceItSettled()
    {
        _folder.Write("a-young.xml", age: Second);
        _folder.Write("b-old.xml", age: 2 * Second);
        var listing = _folder.ListAsync();
        await _folder.Clock.Waiting;
        Assert.False(listing.IsCompleted);

        _folder.Clock.Advance(2 * Second);

        Assert.Equal(["b-old.xml", "a-young.xml"], (await listing).Select(file => file.Name));
    }

    [Fact]
    public async Task ListAsync_SettledFile_IsYieldedBeforeTheWait()
    {
        _folder.Write("a-young.xml", age: Second);
        _folder.Write("b-old.xml");
        await using var files = _folder.Poller.ListAsync(_folder.Facility, PollingFolder.Token).GetAsyncEnumerator(PollingFolder.Token);

        Assert.True(await files.MoveNextAsync());

        Assert.Equal("b-old.xml", files.Current.Name);
    }

    [Fact]
    public async Task ListAsync_FileFromTheFuture_IsWatchedLikeAYoungOne()
    {
        _folder.Write("a.xml", age: TimeSpan.FromHours(-1));
        var listing = _folder.ListAsync();
        await _folder.Clock.Waiting;

        _folder.Clock.Advance(2 * Second);

        Assert.Equal("a.xml", Assert.Single(await listing).Name);
    }

    [Fact]
    public async Task ListAsync_YoungFileThatGrows_IsLeftForTheNextPoll()
    {
        _folder.Write("a.xml", "<x>", Second);
        var listing = _folder.ListAsync();
        await _folder.Clock.Waiting;

        _folder.Write("a.xml", "<x></x>", Second);
        _folder.Clock.Advance(2 * Second);

        Assert.Empty(await listing);
        Assert.Equal(
            "Facility FAC-1: file a.xml was left: it is still being written.",
            Assert.Single(_folder.Logger.Collector.GetSnapshot()).Message);
        Assert.Single(await _folder.ListAsync());
    }

    [Fact]
    public async Task ListAsync_YoungFileWrittenWithTheSameSize_IsLeftForTheNextPoll()
    {
        _folder.Write("a.xml", "<x/>", Second);
        var listing = _folder.ListAsync();
        await _folder.Clock.Waiting;

        _folder.Write("a.xml", "<y/>", TimeSpan.Zero);
        _folder.Clock.Advance(2 * Second);

        Assert.Empty(await listing);
        Assert.Contains(_folder.Logger.Collector.GetSnapshot(), record => record.Id.Name == "FileLeft");
    }

    [Fact]
    public async Task ListAsync_YoungFileThatVanishes_IsNotListed()
    {
        var path = _folder.Write("a.xml", age: Second);
        var listing = _folder.ListAsync();
        await _folder.Clock.Waiting;

        File.Delete(path);
        _folder.Clock.Advance(2 * Second);

        Assert.Empty(await listing);
    }

    [Fact]
    public async Task ListAsync_NoSettleTime_WaitsForNothing()
    {
        using var folder = new PollingFolder(TimeSpan.Zero);
        folder.Write("a.xml", age: TimeSpan.Zero);
        folder.Write("b.xml", age: -Second);

        Assert.Equal(2, (await folder.ListAsync()).Count);
    }

    [Fact]
    public async Task IdentifyAsync_FileChangedSinceItWasSeen_IsLeft()
    {
        var path = _folder.Write("a.xml");
        var folder = new FacilityFolder(_folder.Facility);
        var scan = new DirectoryScan(folder, TimeSpan.Zero, _folder.Clock, _folder.Logger);
        var seen = folder.Look("a.xml");
        Assert.NotNull(await scan.IdentifyAsync("a.xml", seen, PollingFolder.Token));

        await File.AppendAllTextAsync(path, "more", PollingFolder.Token);

        Assert.Null(await scan.IdentifyAsync("a.xml", seen, PollingFolder.Token));
    }
}
