using System.Collections.Concurrent;
using System.Runtime.CompilerServices;
using System.Text;
using Claims.Ingestion.Facilities;
using Claims.Ingestion.Polling;
using Claims.Ingestion.Storage;

namespace Claims.Ingestion.Tests.Fakes;

/// <summary>Facilities whose files are in memory. It lists what was not acknowledged.</summary>
internal sealed class FakePoller : IFacilityPoller
{
    private readonly ConcurrentDictionary<(string Facility, string Id), (RemoteFile File, byte[]? Content)> _files = new();
    private int _listing;

    public string Kind => "fake";

    public Func<Facility, CancellationToken, Task> OnList { get; set; } = (_, _) => Task.CompletedTask;

    public Func<CancellationToken, Task> OnListRange { get; set; } = _ => Task.CompletedTask;

    /// <summary>The ranges that were listed.</summary>
    public ConcurrentQueue<(DateTimeOffset From, DateTimeOffset To)> Ranges { get; } = new();

    public Func<Facility, RemoteFile, CancellationToken, Task> OnOpen { get; set; } = (_, _, _) => Task.CompletedTask;

    public Func<RemoteFile, FileFate, CancellationToken, Task> OnAcknowledge { get; set; } = (_, _, _) => Task.CompletedTask;

    public ConcurrentQueue<string> Listed { get; } = new();

    /// <summary>How many listings have begun and not ended.</summary>
    public int Listing => Volatile.Read(ref _listing);

    public ConcurrentQueue<string> Opened { get; } = new();

    public ConcurrentQueue<(string Id, FileFate Fate)> Acknowledged { get; } = new();

    /// <summary>Puts a file at the facility; without content it vanishes between listing and opening.</summary>
    public void Put(Facility facility, string id, string? content, bool tellsLength = true)
    {
        byte[]? bytes = content is null ? null : Encoding.UTF8.GetBytes(content);
        _files[(facility.Id, id)] = (new RemoteFile(id, $"{id}.txt") { Length = tellsLength ? bytes?.Length : null }, bytes);
    }

    public async IAsyncEnumerable<RemoteFile> ListAsync(Facility facility, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        Listed.Enqueue(facility.Id);
        Interlocked.Increment(ref _listing);
        try
        {
            await OnList(facility, cancellationToken);
        }
        finally
        {
            Interlocked.Decrement(ref _listing);
        }

        foreach (((string owner, _), (RemoteFile file, _)) in _files.OrderBy(f => f.Key.Id, StringComparer.Ordinal))
        {
            if (owner == facility.Id) yield return file;
        }
    }

    public async IAsyncEnumerable<RemoteFile> ListRangeAsync(Facility facility, DateTimeOffset from, DateTimeOffset to, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        Ranges.Enqueue((from, to));
        await OnListRange(cancellationToken);
        foreach (((string owner, _), (RemoteFile file, _)) in _files)
        {
            if (owner == facility.Id) yield return file;
        }
    }

    public async ValueTask<Stream?> OpenAsync(Facility facility, RemoteFile file, CancellationToken cancellationToken)
    {
        Opened.Enqueue(file.ExternalId);
        await OnOpen(facility, file, cancellationToken);
        return _files[(facility.Id, file.ExternalId)].Content is { } content ? new MemoryStream(content) : null;
    }

    public async ValueTask AcknowledgeAsync(Facility facility, RemoteFile file, FileFate fate, CancellationToken cancellationToken)
    {
        await OnAcknowledge(file, fate, cancellationToken);
        _files.TryRemove((facility.Id, file.ExternalId), out _);
        Acknowledged.Enqueue((file.ExternalId, fate));
    }
}
