using System.Collections.Concurrent;
using System.Runtime.CompilerServices;
using Claims.Ingestion.Facilities;
using Claims.Ingestion.Polling;
using Claims.Ingestion.Storage;

namespace ReferenceHost.Tests.Telemetry;

/// <summary>A source of marked files in memory, which fails here and there. Its own words hold no marks: those of a poller are for operators.</summary>
internal sealed class MarkedPoller(Marks marks) : IFacilityPoller
{
    private readonly ConcurrentDictionary<string, (string Name, byte[] Content)> _files = new(StringComparer.Ordinal);
    private int _acknowledgements;

    public string Kind => "marked";

    public void Put(string externalId, byte[] content) => _files[externalId] = ($"{marks.Next()}.xml", content);

    public async IAsyncEnumerable<RemoteFile> ListAsync(Facility facility, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        await Task.CompletedTask;
        foreach ((string externalId, (string name, byte[] content)) in _files) yield return new RemoteFile(externalId, name) { Length = content.Length };
    }

    public ValueTask<Stream?> OpenAsync(Facility facility, RemoteFile file, CancellationToken cancellationToken) => file.ExternalId == "not opened"
        ? throw new FacilityPollException("The source does not give the file.")
        : ValueTask.FromResult<Stream?>(new MemoryStream(_files[file.ExternalId].Content));

    public ValueTask AcknowledgeAsync(Facility facility, RemoteFile file, FileFate fate, CancellationToken cancellationToken)
    {
        if (file.ExternalId == "not acknowledged" || Interlocked.Increment(ref _acknowledgements) % 10 == 0) throw new HttpRequestException("The source is away.");
        _files.TryRemove(file.ExternalId, out _);
        return ValueTask.CompletedTask;
    }
}
