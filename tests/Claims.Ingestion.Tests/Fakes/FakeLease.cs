using System.Collections.Concurrent;
using Claims.Ingestion.Scheduling;

namespace Claims.Ingestion.Tests.Fakes;

/// <summary>Leases whose fate a test decides.</summary>
internal sealed class FakeLease : IFacilityLease
{
    private long _epoch;

    public TimeSpan? Duration => TimeSpan.FromSeconds(15);

    public Exception? Error { get; set; }

    /// <summary>The facilities whose leases another host has.</summary>
    public HashSet<string> Elsewhere { get; } = [];

    public List<AbandonedSlot> Abandoned { get; } = [];

    public ConcurrentQueue<LeaseRequest> Asked { get; } = new();

    public ConcurrentQueue<FacilityLease> Renewed { get; } = new();

    public ConcurrentQueue<(FacilityLease Lease, PollRecord? Record)> Released { get; } = new();

    public List<PollRecord> Records { get; } = [];

    public Signal ReleasedSignal { get; } = new();

    public ValueTask<IReadOnlyList<LeaseGrant>> AcquireAsync(IReadOnlyList<LeaseRequest> requests, CancellationToken cancellationToken)
    {
        if (Error is not null) throw Error;
        foreach (LeaseRequest request in requests) Asked.Enqueue(request);
        return ValueTask.FromResult<IReadOnlyList<LeaseGrant>>(
            [.. requests.Where(r => !Elsewhere.Contains(r.FacilityId)).Select(r => new LeaseGrant(new FacilityLease(r.FacilityId, Interlocked.Increment(ref _epoch), r.Slot), null))]);
    }

    public ValueTask<IReadOnlyList<FacilityLease>> RenewAsync(IReadOnlyList<FacilityLease> leases, CancellationToken cancellationToken)
    {
        if (Error is not null) throw Error;
        foreach (FacilityLease lease in leases) Renewed.Enqueue(lease);
        return ValueTask.FromResult<IReadOnlyList<FacilityLease>>([.. leases.Where(l => !Elsewhere.Contains(l.FacilityId))]);
    }

    public ValueTask ReleaseAsync(FacilityLease lease, PollRecord? record, CancellationToken cancellationToken)
    {
        if (Error is not null) throw Error;
        Released.Enqueue((lease, record));
        ReleasedSignal.Set();
        return ValueTask.CompletedTask;
    }

    public ValueTask<IReadOnlyList<AbandonedSlot>> FindAbandonedAsync(CancellationToken cancellationToken) => ValueTask.FromResult<IReadOnlyList<AbandonedSlot>>([.. Abandoned]);

    public ValueTask<IReadOnlyList<PollRecord>> GetChangedRecordsAsync(CancellationToken cancellationToken)
    {
        IReadOnlyList<PollRecord> records = [.. Records];
        Records.Clear();
        return ValueTask.FromResult(records);
    }

    public ValueTask SetPausedAsync(string facilityId, bool isPaused, CancellationToken cancellationToken)
    {
        Records.Add(new PollRecord { FacilityId = facilityId, IsPaused = isPaused });
        return ValueTask.CompletedTask;
    }
}
