using System.Runtime.InteropServices;
using Microsoft.Extensions.Logging;

namespace Claims.Ingestion.Tests.Polling;

public sealed class DirectoryLinkTests : IDisposable
{
    private readonly PollingFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task ListAsync_LinksToOutside_AreRefusedWithOneWarning()
    {
        _folder.Write("good.xml");
        var secret = _folder.Write("../outside/secret.xml");
        Directory.CreateDirectory(_folder.PathOf("stored"));
        _folder.Write("stored/done.xml");
        File.CreateSymbolicLink(_folder.PathOf("absolute.xml"), secret);
        File.CreateSymbolicLink(_folder.PathOf("relative.xml"), "../outside/secret.xml");
        File.CreateSymbolicLink(_folder.PathOf("chain.xml"), "relative.xml");
        File.CreateSymbolicLink(_folder.PathOf("sub.xml"), "stored/done.xml");

        Assert.Equal("good.xml", (await _folder.ListOneAsync()).Name);
        var warning = Assert.Single(_folder.Logger.Collector.GetSnapshot(), record => record.Level == LogLevel.Warning);
        Assert.StartsWith("Facility FAC-1: 4 symbolic links", warning.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task ListAsync_LinkWhosePathOnlyLooksInside_IsReadInside()
    {
        Directory.CreateSymbolicLink(_folder.PathOf("aside"), Directory.CreateDirectory(Path.Combine(_folder.OutsidePath, "deep")).FullName);
        _folder.Write("../outside/secret.xml", "<secret/>");
        _folder.Write("secret.xml", "<open/>");
        File.CreateSymbolicLink(_folder.PathOf("a.xml"), "aside/../secret.xml");

        var file = (await _folder.ListAsync())[0];

        Assert.Equal("a.xml", file.Name);
        Assert.Equal("<open/>", await _folder.ReadAsync(file));
    }

    [Fact]
    public async Task OpenAsync_FileBecameALinkToOutside_ReturnsNull()
    {
        _folder.Write("a.xml");
        var secret = _folder.Write("../outside/secret.xml");
        var file = await _folder.ListOneAsync();

        File.Delete(_folder.PathOf("a.xml"));
        File.CreateSymbolicLink(_folder.PathOf("a.xml"), secret);

        Assert.Null(await _folder.ReadAsync(file));
        await _folder.AcknowledgeAsync(file, PollingFolder.StoredFate);
        Assert.Equal(["a.xml"], _folder.Tree());
    }

    [Fact]
    public async Task AcknowledgeAsync_LinkInside_MovesTheLinkItself()
    {
        _folder.Write("b.xml", "<claim/>");
        File.CreateSymbolicLink(_folder.PathOf("a.xml"), "b.xml");
        var files = await _folder.ListAsync();
        Assert.Equal(["a.xml", "b.xml"], files.Select(file => file.Name));
        Assert.Equal("<claim/>", await _folder.ReadAsync(files[0]));

        await _folder.AcknowledgeAsync(files[0], PollingFolder.StoredFate);

        Assert.Equal(["b.xml", "stored/a.xml"], _folder.Tree());
        Assert.Equal("b.xml", new FileInfo(_folder.PathOf("stored/a.xml")).LinkTarget);
    }

    [Fact]
    public async Task ListAsync_FolderIsALink_IsPolled()
    {
        _folder.Write("b.xml");
        File.CreateSymbolicLink(_folder.PathOf("a.xml"), _folder.PathOf("b.xml"));
        var link = Path.Combine(_folder.OutsidePath, "link");
        Directory.CreateSymbolicLink(link, _folder.FolderPath);

        var files = await _folder.ListAsync(_folder.Facility with { Endpoint = link + "/" });

        Assert.Equal(["a.xml", "b.xml"], files.Select(file => file.Name));
    }

    [Fact]
    public async Task ListAsync_NamedPipe_DoesNotHang()
    {
        Assert.SkipWhen(OperatingSystem.IsWindows(), "Windows keeps named pipes elsewhere.");
        Assert.Equal(0, MakePipe(_folder.PathOf("pipe.xml"), 0x1A4));
        File.SetLastWriteTimeUtc(_folder.PathOf("pipe.xml"), _folder.Clock.GetUtcNow().UtcDateTime.AddHours(-1));

        // On a thread of its own: an open that hangs blocks its caller.
        var file = await Task.Run(_folder.ListOneAsync, PollingFolder.Token).WaitAsync(TimeSpan.FromSeconds(30), PollingFolder.Token);

        Assert.Equal("", await _folder.ReadAsync(file));
    }

    [DllImport("libc", EntryPoint = "mkfifo", ExactSpelling = true)]
    private static extern int MakePipe([MarshalAs(UnmanagedType.LPUTF8Str)] string path, uint mode);
}
