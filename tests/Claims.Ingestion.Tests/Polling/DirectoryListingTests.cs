using System.IO.Hashing;
using Claims.Ingestion.Polling;
using Microsoft.Extensions.Logging;

namespace Claims.Ingestion.Tests.Polling;

public sealed class DirectoryListingTests : IDisposable
{
    private readonly PollingFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void Kind_IsDirectory() => Assert.Equal("directory", _folder.Poller.Kind);

    [Fact]
    public async Task ListAsync_Extensions_AreTakenInAnyLetterCaseAndOrdinalOrder()
    {
        foreach (var name in (string[])["b.xml", "a.XML", "B.Zip", "c.xml.GZ", "note.txt", "xml", ".hidden.xml", ".xml", "d.xml.tmp"])
            _folder.Write(name);

        Assert.Equal(["B.Zip", "a.XML", "b.xml", "c.xml.GZ"], (await _folder.ListAsync()).Select(file => file.Name));
    }

    [Fact]
    public async Task ListAsync_SubFolders_AreNotEntered()
    {
        foreach (var name in (string[])["stored", "quarantined", "other", "folder.xml"])
        {
            Directory.CreateDirectory(_folder.PathOf(name));
            _folder.Write(Path.Combine(name, "a.xml"));
        }

        Assert.Empty(await _folder.ListAsync());
        Assert.DoesNotContain(_folder.Logger.Collector.GetSnapshot(), record => record.Level >= LogLevel.Information);
    }

    [Fact]
    public async Task ListAsync_MissingFolder_Throws()
    {
        Directory.Delete(_folder.FolderPath);

        var exception = await Assert.ThrowsAsync<FacilityPollException>(() => _folder.ListAsync());

        Assert.Equal(
            $"Facility FAC-1: the folder '{_folder.FolderPath}' cannot be listed: it was not found. Create it, or correct the facility's endpoint, and let this process read and write it.",
            exception.Message);
    }

    [Fact]
    public async Task ListAsync_EndpointIsAFile_Throws()
    {
        var exception = await Assert.ThrowsAsync<FacilityPollException>(
            () => _folder.ListAsync(_folder.Facility with { Endpoint = _folder.Write("a.xml") }));

        Assert.Contains("cannot be listed", exception.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("")]
    [InlineData(" ")]
    [InlineData("a\0b")]
    public async Task ListAsync_EndpointIsNoFolder_Throws(string endpoint)
    {
        var exception = await Assert.ThrowsAsync<FacilityPollException>(() => _folder.ListAsync(_folder.Facility with { Endpoint = endpoint }));

        Assert.Equal("Facility FAC-1 names no folder. Set its endpoint to the folder that its files arrive in.", exception.Message);
    }

    [Fact]
    public async Task ListAsync_File_HasItsLengthAndAnIdOfNameAndBytes()
    {
        _folder.Write("a.xml", "<claim/>");

        var file = await _folder.ListOneAsync();

        var hash = Convert.ToHexStringLower(XxHash128.Hash("<claim/>"u8));
        Assert.Equal(new RemoteFile("a.xml#" + hash, "a.xml") { Length = 8 }, file);
    }

    [Fact]
    public async Task ListAsync_SameBytesWrittenAgain_KeepTheirId()
    {
        _folder.Write("a.xml", "<one/>");
        var first = await _folder.ListOneAsync();
        _folder.Write("a.xml", "<two/>");
        var second = await _folder.ListOneAsync();
        _folder.Write("a.xml", "<one/>", TimeSpan.FromMinutes(3));

        Assert.NotEqual(first.ExternalId, second.ExternalId);
        Assert.Equal(first, await _folder.ListOneAsync());
    }

    [Fact]
    public async Task ListAsync_HashesLazily_SoALaterFileIsReadWhenItIsAskedFor()
    {
        _folder.Write("a.xml");
        _folder.Write("b.xml");
        await using var files = _folder.Poller.ListAsync(_folder.Facility, PollingFolder.Token).GetAsyncEnumerator(PollingFolder.Token);
        Assert.True(await files.MoveNextAsync());

        File.Delete(_folder.PathOf("b.xml"));

        Assert.False(await files.MoveNextAsync());
    }

    [Fact]
    public async Task ListAsync_Cancelled_Throws()
    {
        _folder.Write("a.xml");
        using var source = new CancellationTokenSource();
        await source.CancelAsync();

        await Assert.ThrowsAnyAsync<OperationCanceledException>(
            async () => await _folder.Poller.ListAsync(_folder.Facility, source.Token).GetAsyncEnumerator(source.Token).MoveNextAsync());
    }

    [Fact]
    public async Task ListAsync_LockedFile_IsLeftAndTheOthersGoOn()
    {
        _folder.Write("a.xml");
        _folder.Write("b.xml");
        await using (new FileStream(_folder.PathOf("a.xml"), FileMode.Open, FileAccess.ReadWrite, FileShare.None))
            Assert.Equal(["b.xml"], (await _folder.ListAsync()).Select(file => file.Name));

        Assert.Contains(
            _folder.Logger.Collector.GetSnapshot(),
            record => record is { Level: LogLevel.Information, Message: "Facility FAC-1: 1 files are in use by another process and were left for the next poll." });
        Assert.Equal(2, (await _folder.ListAsync()).Count);
    }

    [Fact]
    public async Task ListAsync_UnreadableFiles_AreCountedAndTheOthersGoOn()
    {
        _folder.Write("good.xml");
        _folder.Write("bad\uFFFD.xml");
        File.CreateSymbolicLink(_folder.PathOf("dangling.xml"), _folder.PathOf("nowhere.xml"));
        File.CreateSymbolicLink(_folder.PathOf("loop.xml"), _folder.PathOf("loop.xml"));

        Assert.Equal("good.xml", (await _folder.ListOneAsync()).Name);
        Assert.Contains(
            _folder.Logger.Collector.GetSnapshot(),
            record => record is { Level: LogLevel.Warning, Id.Name: "FilesUnreadable" }
                && record.Message.StartsWith("Facility FAC-1: 3 files", StringComparison.Ordinal));
    }

    [Fact]
    public async Task ListAsync_NoPermission_IsCounted()
    {
        Assert.SkipWhen(OperatingSystem.IsWindows() || Environment.IsPrivilegedProcess, "Permissions do not bite here.");
        _folder.Write("a.xml");
        _folder.Write("b.xml");
        if (!OperatingSystem.IsWindows())
            File.SetUnixFileMode(_folder.PathOf("a.xml"), UnixFileMode.None);

        Assert.Equal("b.xml", (await _folder.ListOneAsync()).Name);
        Assert.Contains(_folder.Logger.Collector.GetSnapshot(), record => record.Id.Name == "FilesUnreadable");
    }

    [Fact]
    public async Task ListAsync_EmptyFile_IsListed()
    {
        _folder.Write("a.xml", "");

        var file = await _folder.ListOneAsync();

        Assert.Equal(0, file.Length);
        Assert.Equal("", await _folder.ReadAsync(file));
    }
}
