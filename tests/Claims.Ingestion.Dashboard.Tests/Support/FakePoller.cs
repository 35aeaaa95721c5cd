using System.Collections.Concurrent;
using System.Runtime.CompilerServices;
using Claims.Ingestion.Facilities;
using Claims.Ingestion.Polling;
using Claims.Ingestion.Storage;

namespace Claims.Ingestion.Dashboard.Tests.Support;

/// <summary>Facilities that have no files, and remember that they were asked.</summary>
internal sealed class FakePoller : IFacilityPoller
{
    private readonly ConcurrentDictionary<string, TaskCompletionSource> _asked = new(StringComparer.Ordinal);

    public string Kind => "fake";

    /// <summary>The facilities that were asked or are waited for.</summary>
    public ICollection<string> Asked => _asked.Keys;

    /// <summary>Ends when a facility is asked.</summary>
    public Task WhenAskedAsync(string facilityId) => SourceOf(facilityId).Task;

    public async IAsyncEnumerable<RemoteFile> ListAsync(Facility facility, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        SourceOf(facility.Id).TrySetResult();
        await Task.CompletedTask;
        yield break;
    }

    public ValueTask<Stream?> OpenAsync(Facility facility, RemoteFile file, CancellationToken cancellationToken) => ValueTask.FromResult<Stream?>(null);

    public ValueTask AcknowledgeAsync(Facility facility, RemoteFile file, FileFate fate, CancellationToken cancellationToken) => ValueTask.CompletedTask;

    private TaskCompletionSource SourceOf(string facilityId) => _asked.GetOrAdd(facilityId, _ => new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously));
}
