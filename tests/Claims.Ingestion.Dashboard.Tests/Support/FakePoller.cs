using Claims.Ingestion.Facilities;
using Claims.Ingestion.Polling;
using Claims.Ingestion.Storage;

namespace Claims.Ingestion.Dashboard.Tests.Support;

/// <summary>Facilities that have no files, and remember that they were asked.</summary>
internal sealed class FakePoller : IFacilityPoller
{
    private readonly List<string> _asked = [];

    public string Kind => "fake";

    public IReadOnlyList<string> Asked
    {
        get
        {
            lock (_asked) return [.. _asked];
        }
    }

    public async IAsyncEnumerable<RemoteFile> ListAsync(Facility facility, [System.Runtime.CompilerServices.EnumeratorCancellation] CancellationToken cancellationToken)
    {
        lock (_asked) _asked.Add(facility.Id);
        await Task.CompletedTask;
        yield break;
    }

    public ValueTask<Stream?> OpenAsync(Facility facility, RemoteFile file, CancellationToken cancellationToken) => ValueTask.FromResult<Stream?>(null);

    public ValueTask AcknowledgeAsync(Facility facility, RemoteFile file, FileFate fate, CancellationToken cancellationToken) => ValueTask.CompletedTask;
}
