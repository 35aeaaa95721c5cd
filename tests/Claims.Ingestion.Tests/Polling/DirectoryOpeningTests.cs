using Claims.Ingestion.Polling;
using Microsoft.Extensions.Logging;

namespace Claims.Ingestion.Tests.Polling;

public sealed class DirectoryOpeningTests : IDisposable
{
    private readonly PollingFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task OpenAsync_ListedFile_ReturnsItsBytes()
    {
        _folder.Write("a.xml", "<claim/>");

        Assert.Equal("<claim/>", await _folder.ReadAsync(await _folder.ListOneAsync()));
    }

    [Fact]
    public async Task OpenAsync_VanishedFile_ReturnsNull()
    {
        _folder.Write("a.xml");
        var file = await _folder.ListOneAsync();

        File.Delete(_folder.PathOf("a.xml"));

        Assert.Null(await _folder.ReadAsync(file));
    }

    [Fact]
    public async Task OpenAsync_LengthChanged_ReturnsNull()
    {
        _folder.Write("a.xml", "<x/>");
        var file = await _folder.ListOneAsync();

        _folder.Write("a.xml", "<longer/>");

        Assert.Null(await _folder.ReadAsync(file));
    }

    [Fact]
    public async Task OpenAsync_WrittenSinceTheListing_ReturnsNull()
    {
        _folder.Write("a.xml", "<x/>");
        var file = await _folder.ListOneAsync();

        _folder.Write("a.xml", "<y/>", TimeSpan.FromSeconds(1));

        Assert.Null(await _folder.ReadAsync(file));
    }

    [Fact]
    public async Task OpenAsync_LockedFile_ReturnsNull()
    {
        _folder.Write("a.xml");
        var file = await _folder.ListOneAsync();
        await using (new FileStream(_folder.PathOf("a.xml"), FileMode.Open, FileAccess.ReadWrite, FileShare.None))
            Assert.Null(await _folder.ReadAsync(file));

        Assert.Contains(_folder.Logger.Collector.GetSnapshot(), record => record is { Level: LogLevel.Information, Id.Name: "FilesInUse" });
    }

    [Fact]
    public async Task OpenAsync_WhileOpen_OthersMayReadButNotWrite()
    {
        _folder.Write("a.xml");
        await using var stream = await _folder.Poller.OpenAsync(_folder.Facility, await _folder.ListOneAsync(), PollingFolder.Token);

        Assert.Equal("<x/>", await File.ReadAllTextAsync(_folder.PathOf("a.xml"), PollingFolder.Token));
        Assert.Throws<IOException>(() => new FileStream(_folder.PathOf("a.xml"), FileMode.Open, FileAccess.Write, FileShare.None).Dispose());
    }

    [Theory]
    [InlineData("../outside/a.xml")]
    [InlineData("..")]
    [InlineData("stored/a.xml")]
    [InlineData("stored\\a.xml")]
    [InlineData("/a.xml")]
    [InlineData("a\0.xml")]
    [InlineData("")]
    [InlineData("a.txt")]
    public async Task OpenAndAcknowledge_NameThatIsNoChild_Throw(string name)
    {
        await File.WriteAllTextAsync(Path.Combine(_folder.OutsidePath, "a.xml"), "<x/>", PollingFolder.Token);
        var file = new RemoteFile("id", name);

        var exception = await Assert.ThrowsAsync<FacilityPollException>(() => _folder.ReadAsync(file));
        await Assert.ThrowsAsync<FacilityPollException>(async () => await _folder.AcknowledgeAsync(file, PollingFolder.StoredFate));

        Assert.StartsWith("Facility FAC-1: a file was asked for by a name", exception.Message, StringComparison.Ordinal);
    }
}
