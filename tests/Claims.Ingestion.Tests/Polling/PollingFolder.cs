using System.Text;
using Claims.Ingestion.Facilities;
using Claims.Ingestion.Polling;
using Claims.Ingestion.Storage;
using Microsoft.Extensions.Logging.Testing;
using Microsoft.Extensions.Options;

namespace Claims.Ingestion.Tests.Polling;

/// <summary>A temporary folder with a poller over it, on a clock that stands still.</summary>
internal sealed class PollingFolder : IDisposable
{
    public static readonly FileFate StoredFate = new(FileStatus.Stored, null, default, null);
    public static readonly FileFate QuarantinedFate = new(FileStatus.Quarantined, null, default, "the root element is unknown");

    private readonly string _root = Directory.CreateTempSubdirectory("claims-polling-").FullName;

    public PollingFolder(TimeSpan? settleTime = null)
    {
        FolderPath = Path.Combine(_root, "inbox");
        OutsidePath = Path.Combine(_root, "outside");
        Directory.CreateDirectory(FolderPath);
        Directory.CreateDirectory(OutsidePath);
        Facility = new Facility("FAC-1", "directory", FolderPath);
        Poller = new DirectoryPoller(
            Options.Create(settleTime is { } time ? new DirectoryPollerOptions { SettleTime = time } : new DirectoryPollerOptions()),
            Clock,
            Logger);
    }

    public static CancellationToken Token => TestContext.Current.CancellationToken;

    public string FolderPath { get; }

    public string OutsidePath { get; }

    public Facility Facility { get; }

    public DirectoryPoller Poller { get; }

    public TimerSignal Clock { get; } = new();

    public FakeLogger<DirectoryPoller> Logger { get; } = new();

    public string PathOf(string name) => Path.Combine(FolderPath, name);

    /// <summary>Writes a file that is an hour old, or as old as told.</summary>
    public string Write(string name, string content = "<x/>", TimeSpan? age = null)
    {
        var path = PathOf(name);
        File.WriteAllText(path, content, new UTF8Encoding(encoderShouldEmitUTF8Identifier: false));
        File.SetLastWriteTimeUtc(path, (Clock.GetUtcNow() - (age ?? TimeSpan.FromHours(1))).UtcDateTime);
        return path;
    }

    public async Task<List<RemoteFile>> ListAsync(Facility? facility = null)
    {
        var files = new List<RemoteFile>();
        await foreach (var file in Poller.ListAsync(facility ?? Facility, Token))
            files.Add(file);
        return files;
    }

    public async Task<RemoteFile> ListOneAsync() => Assert.Single(await ListAsync());

    public ValueTask AcknowledgeAsync(RemoteFile file, FileFate fate) => Poller.AcknowledgeAsync(Facility, file, fate, Token);

    public async Task<string?> ReadAsync(RemoteFile file)
    {
        var stream = await Poller.OpenAsync(Facility, file, Token);
        if (stream is null)
            return null;

        using var reader = new StreamReader(stream);
        return await reader.ReadToEndAsync(Token);
    }

    /// <summary>The paths of all files under the folder, relative to it, in ordinal order.</summary>
    public string[] Tree() =>
        [.. Directory.EnumerateFiles(FolderPath, "*", SearchOption.AllDirectories)
            .Select(path => Path.GetRelativePath(FolderPath, path).Replace('\\', '/'))
            .Order(StringComparer.Ordinal)];

    public void Dispose() => Directory.Delete(_root, recursive: true);
}
