using System.Runtime.CompilerServices;
using Claims.Ingestion.Facilities;
using Claims.Ingestion.Polling;
using Claims.Ingestion.Storage;

namespace Claims.LoadTests.Schedule;

/// <summary>In place of a source: takes a while to list nothing.</summary>
internal sealed class StandInPoller(TimeProvider time, Func<Facility, TimeSpan> duration) : IFacilityPoller
{
    public const string KindName = "stand-in";

    private readonly Lock _gate = new();

    public string Kind => KindName;

    public int InFlight { get; private set; }

    public int MaxInFlight { get; private set; }

    /// <summary>Called at the begin of each poll, for one poll at a time.</summary>
    public Action<Facility> OnBegin { get; set; } = _ => { };

    public async IAsyncEnumerable<RemoteFile> ListAsync(Facility facility, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        Task end = Task.Delay(duration(facility), time, cancellationToken);
        lock (_gate)
        {
            OnBegin(facility);
            MaxInFlight = Math.Max(MaxInFlight, ++InFlight);
        }

        try
        {
            await end;
        }
        finally
        {
            lock (_gate) InFlight--;
        }

        yield break;
    }

    public ValueTask<Stream?> OpenAsync(Facility facility, RemoteFile file, CancellationToken cancellationToken) => throw new NotSupportedException();

    public ValueTask AcknowledgeAsync(Facility facility, RemoteFile file, FileFate fate, CancellationToken cancellationToken) => throw new NotSupportedException();
}
