using System.Text;
using Claims.Ingestion.Polling;
using Claims.Ingestion.Storage;

namespace Claims.Ingestion.Tests.Polling;

public sealed class DirectoryAcknowledgingTests : IDisposable
{
    private readonly PollingFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Theory]
    [InlineData(FileStatus.Stored)]
    [InlineData(FileStatus.Skipped)]
    public async Task AcknowledgeAsync_StoredOrSkipped_MovesToStored(FileStatus status)
    {
        _folder.Write("a.XML", "<claim/>");
        var file = await _folder.ListOneAsync();

        await _folder.AcknowledgeAsync(file, new FileFate(status, null, default, null));

        Assert.Equal(["stored/a.XML"], _folder.Tree());
        Assert.Equal("<claim/>", Read("stored/a.XML"));
        Assert.Empty(await _folder.ListAsync());
    }

    [Fact]
    public async Task AcknowledgeAsync_Quarantined_MovesAndWritesTheReason()
    {
        _folder.Write("a.xml", "<claim/>");
        var file = await _folder.ListOneAsync();

        await _folder.AcknowledgeAsync(file, PollingFolder.QuarantinedFate with { Reason = "the root element ‘é’ is unknown" });

        Assert.Equal(["quarantined/a.xml", "quarantined/a.xml.reason.txt"], _folder.Tree());
        Assert.Equal("<claim/>", Read("quarantined/a.xml"));
        Assert.Equal(
            $"Reason: the root element ‘é’ is unknown\nQuarantined at: 2000-01-01T00:00:00Z\nExternal id: {file.ExternalId}\n",
            Read("quarantined/a.xml.reason.txt"));
    }

    [Fact]
    public async Task AcknowledgeAsync_NameTaken_NumbersTheNewcomer()
    {
        for (var i = 0; i < 7; i++)
        {
            _folder.Write("a.xml", $"<stored n='{i}'/>");
            await _folder.AcknowledgeAsync(await _folder.ListOneAsync(), PollingFolder.StoredFate);
            _folder.Write("a.xml", $"<quarantined n='{i}'/>");
            await _folder.AcknowledgeAsync(await _folder.ListOneAsync(), PollingFolder.QuarantinedFate);
        }

        Assert.Equal(21, _folder.Tree().Length);
        Assert.Equal("<stored n='0'/>", Read("stored/a.xml"));
        Assert.Equal("<quarantined n='0'/>", Read("quarantined/a.xml"));
        for (var i = 1; i < 7; i++)
        {
            Assert.Equal($"<stored n='{i}'/>", Read($"stored/a.{i}.xml"));
            Assert.Equal($"<quarantined n='{i}'/>", Read($"quarantined/a.{i}.xml"));
            Assert.True(File.Exists(_folder.PathOf($"quarantined/a.{i}.xml.reason.txt")));
        }
    }

    [Theory]
    [InlineData(FileStatus.Stored, "stored")]
    [InlineData(FileStatus.Quarantined, "quarantined")]
    public async Task AcknowledgeAsync_TwoAtOnceForOneTarget_LoseNothing(FileStatus status, string subFolder)
    {
        // "a.xml" gives way to what is there and wants "a.1.xml": the own name of the other one.
        const int Rounds = 40;
        for (var round = 0; round < Rounds; round++)
        {
            _folder.Write("a.xml", $"<a n='{round}'/>");
            _folder.Write("a.1.xml", $"<a1 n='{round}'/>");
            Directory.CreateDirectory(_folder.PathOf(subFolder));
            _folder.Write(subFolder + "/a.xml", "<before/>");
            var files = await _folder.ListAsync();

            await AtOnceAsync(files, new FileFate(status, null, default, null));

            var contents = _folder.Tree().Where(path => path.EndsWith(".xml", StringComparison.Ordinal)).Select(Read);
            Assert.Equal([$"<a n='{round}'/>", $"<a1 n='{round}'/>", "<before/>"], contents.Order(StringComparer.Ordinal));
            Directory.Delete(_folder.PathOf(subFolder), recursive: true);
        }
    }

    [Theory]
    [InlineData(FileStatus.Stored, 1)]
    [InlineData(FileStatus.Quarantined, 2)]
    public async Task AcknowledgeAsync_SameFileTwiceAtOnce_MovesItOnce(FileStatus status, int filesInAll)
    {
        for (var round = 1; round <= 20; round++)
        {
            _folder.Write("a.xml", $"<a n='{round}'/>");
            var file = await _folder.ListOneAsync();

            await AtOnceAsync([file, file], new FileFate(status, null, default, null));

            Assert.Equal(round * filesInAll, _folder.Tree().Length);
        }
    }

    [Fact]
    public async Task AcknowledgeAsync_Again_ChangesNothing()
    {
        _folder.Write("a.xml");
        var file = await _folder.ListOneAsync();
        await _folder.AcknowledgeAsync(file, PollingFolder.QuarantinedFate);
        var before = _folder.Tree();

        await _folder.AcknowledgeAsync(file, PollingFolder.QuarantinedFate);
        await _folder.AcknowledgeAsync(file, PollingFolder.StoredFate);

        Assert.Equal(before, _folder.Tree());
    }

    [Fact]
    public async Task AcknowledgeAsync_OtherContentThere_LeavesIt()
    {
        _folder.Write("a.xml", "<one/>");
        var file = await _folder.ListOneAsync();
        _folder.Write("a.xml", "<two/>");

        await _folder.AcknowledgeAsync(file, PollingFolder.StoredFate);

        Assert.Equal(["a.xml"], _folder.Tree());
        Assert.NotEqual(file.ExternalId, (await _folder.ListOneAsync()).ExternalId);
    }

    [Fact]
    public async Task AcknowledgeAsync_AfterACrashBetweenReasonAndMove_UsesTheReasonThatIsThere()
    {
        _folder.Write("a.xml");
        var file = await _folder.ListOneAsync();
        Directory.CreateDirectory(_folder.PathOf("quarantined"));
        var written = $"Reason: before the crash\nQuarantined at: 1999-12-31T00:00:00Z\nExternal id: {file.ExternalId}\n";
        _folder.Write("quarantined/a.xml.reason.txt", written);

        await _folder.AcknowledgeAsync(file, PollingFolder.QuarantinedFate);

        Assert.Equal(["quarantined/a.xml", "quarantined/a.xml.reason.txt"], _folder.Tree());
        Assert.Equal(written, Read("quarantined/a.xml.reason.txt"));
    }

    [Fact]
    public async Task AcknowledgeAsync_ForeignReasonThere_KeepsItAndTakesTheNextName()
    {
        _folder.Write("a.xml");
        Directory.CreateDirectory(_folder.PathOf("quarantined"));
        _folder.Write("quarantined/a.xml.reason.txt", "Reason: cut off by a cra");

        await _folder.AcknowledgeAsync(await _folder.ListOneAsync(), PollingFolder.QuarantinedFate);

        Assert.Equal(["quarantined/a.1.xml", "quarantined/a.1.xml.reason.txt", "quarantined/a.xml.reason.txt"], _folder.Tree());
        Assert.Equal("Reason: cut off by a cra", Read("quarantined/a.xml.reason.txt"));
    }

    [Theory]
    [InlineData(FileStatus.Stored, "stored")]
    [InlineData(FileStatus.Quarantined, "quarantined")]
    public async Task AcknowledgeAsync_SubFolderIsAFile_ThrowsAndLeavesTheFile(FileStatus status, string subFolder)
    {
        _folder.Write("a.xml");
        _folder.Write(subFolder);
        var file = await _folder.ListOneAsync();

        var exception = await Assert.ThrowsAsync<FacilityPollException>(
            async () => await _folder.AcknowledgeAsync(file, new FileFate(status, null, default, "reason")));

        Assert.StartsWith($"Facility FAC-1: a finished file cannot be moved within the folder '{_folder.FolderPath}': ", exception.Message, StringComparison.Ordinal);
        Assert.EndsWith("the next poll tries again.", exception.Message, StringComparison.Ordinal);
        Assert.DoesNotContain("a.xml", exception.ToString(), StringComparison.Ordinal);
        Assert.Equal(["a.xml", subFolder], _folder.Tree());
    }

    [Fact]
    public async Task AcknowledgeAsync_LockedFile_Throws()
    {
        _folder.Write("a.xml");
        var file = await _folder.ListOneAsync();
        await using (new FileStream(_folder.PathOf("a.xml"), FileMode.Open, FileAccess.ReadWrite, FileShare.None))
            await Assert.ThrowsAsync<FacilityPollException>(async () => await _folder.AcknowledgeAsync(file, PollingFolder.StoredFate));

        await _folder.AcknowledgeAsync(file, PollingFolder.StoredFate);
        Assert.Equal(["stored/a.xml"], _folder.Tree());
    }

    [Fact]
    public async Task AcknowledgeAsync_LongestName_IsShortenedToFit()
    {
        var name = new string('n', 251) + ".xml";
        _folder.Write(name);
        var file = await _folder.ListOneAsync();
        Assert.True(file.ExternalId.Length <= FileFingerprint.MaxIdLength);

        await _folder.AcknowledgeAsync(file, PollingFolder.QuarantinedFate);

        Assert.Equal(2, _folder.Tree().Length);
        Assert.All(_folder.Tree(), path => Assert.True(Encoding.UTF8.GetByteCount(path) < 255));
        Assert.Empty(await _folder.ListAsync());
    }

    private async Task AtOnceAsync(List<RemoteFile> files, FileFate fate)
    {
        using var start = new Barrier(files.Count);
        await Task.WhenAll(files.Select(file => Task.Run(
            async () =>
            {
                start.SignalAndWait(PollingFolder.Token);
                await _folder.AcknowledgeAsync(file, fate);
            },
            PollingFolder.Token)));
    }

    private string Read(string name) => File.ReadAllText(_folder.PathOf(name));
}
