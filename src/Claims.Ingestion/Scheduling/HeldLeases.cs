using System.Collections.Concurrent;

namespace Claims.Ingestion.Scheduling;

/// <summary>The leases of the polls that are at work on this host.</summary>
internal sealed class HeldLeases
{
    private readonly ConcurrentDictionary<string, Held> _held = new(StringComparer.Ordinal);

    public IReadOnlyList<Held> All => [.. _held.Values];

    /// <param name="lease">The lease.</param>
    /// <param name="timestamp">When it was asked for: it lasts from then on at least.</param>
    /// <param name="cancellationToken">Stops the poll.</param>
    public Held Hold(FacilityLease lease, long timestamp, CancellationToken cancellationToken) =>
        _held[lease.FacilityId] = new Held(this, lease, timestamp, cancellationToken);

    /// <summary>A lease, while its poll works.</summary>
    internal sealed class Held : IDisposable
    {
        private readonly HeldLeases _leases;
        private readonly CancellationTokenSource _lost = new();
        private readonly CancellationTokenSource _stop;

        public Held(HeldLeases leases, FacilityLease lease, long timestamp, CancellationToken cancellationToken)
        {
            _leases = leases;
            Lease = lease;
            RenewedAt = timestamp;
            _stop = CancellationTokenSource.CreateLinkedTokenSource(_lost.Token, cancellationToken);
            Lost = _lost.Token;
            Stopped = _stop.Token;
        }

        public FacilityLease Lease { get; }

        /// <summary>When it was asked for or renewed last.</summary>
        public long RenewedAt { get; set; }

        /// <summary>Cancelled when the poll is to end, for whatever reason.</summary>
        public CancellationToken Stopped { get; }

        /// <summary>Cancelled when the lease is lost: what was fetched must not be stored any more.</summary>
        public CancellationToken Lost { get; }

        /// <summary>Another host may poll the facility from now on: this one must stop.</summary>
        public void Lose() => Cancel(_lost);

        public void Stop() => Cancel(_stop);

        public void Dispose()
        {
            _leases._held.TryRemove(new(Lease.FacilityId, this));
            _stop.Dispose();
            _lost.Dispose();
        }

        private static void Cancel(CancellationTokenSource source)
        {
            try
            {
                source.Cancel();
            }
            catch (ObjectDisposedException)
            {
                // The poll has just ended.
            }
        }
    }
}
