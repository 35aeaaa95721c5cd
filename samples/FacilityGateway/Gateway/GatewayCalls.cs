namespace FacilityGateway.Gateway;

/// <summary>What was asked of the gateway.</summary>
public sealed class GatewayCalls
{
    private readonly Lock _lock = new();
    private readonly Dictionary<(string Operation, string FacilityId), int> _counts = [];
    private readonly Dictionary<string, Load> _loads = new(StringComparer.Ordinal);
    private readonly Load _all = new();
    private long _bytes;

    /// <summary>The bytes of all answers.</summary>
    public long TotalBytes => Interlocked.Read(ref _bytes);

    /// <summary>The most calls that were under way at once.</summary>
    public int MostAtOnce
    {
        get
        {
            lock (_lock)
                return _all.Most;
        }
    }

    /// <summary>The most calls of any one facility that were under way at once.</summary>
    public int MostAtOnceForOneFacility
    {
        get
        {
            lock (_lock)
                return _loads.Values.Select(load => load.Most).DefaultIfEmpty().Max();
        }
    }

    /// <summary>How many calls there were, failed ones included.</summary>
    /// <param name="operation">One of <see cref="GatewayOperation"/>.</param>
    /// <param name="facilityId">The facility; all of them, and calls with an unknown login, if it is <see langword="null"/>.</param>
    public int CountOf(string operation, string? facilityId = null)
    {
        lock (_lock)
            return _counts.Where(count => count.Key.Operation == operation && (facilityId is null || count.Key.FacilityId == facilityId)).Sum(count => count.Value);
    }

    /// <summary>The most calls of the facility that were under way at once.</summary>
    public int MostAtOnceFor(string facilityId)
    {
        lock (_lock)
            return _loads.GetValueOrDefault(facilityId)?.Most ?? 0;
    }

    /// <summary>The calls of each facility, by operation.</summary>
    internal ILookup<string, (string Operation, int Count)> ByFacility()
    {
        lock (_lock)
            return _counts.ToLookup(count => count.Key.FacilityId, count => (count.Key.Operation, count.Value));
    }

    internal void Begin(string operation, string facilityId)
    {
        lock (_lock)
        {
            _counts[(operation, facilityId)] = _counts.GetValueOrDefault((operation, facilityId)) + 1;
            if (!_loads.TryGetValue(facilityId, out var load))
                _loads.Add(facilityId, load = new Load());

            load.Begin();
            _all.Begin();
        }
    }

    internal void End(string facilityId)
    {
        lock (_lock)
        {
            _loads[facilityId].End();
            _all.End();
        }
    }

    internal void Sent(int bytes) => Interlocked.Add(ref _bytes, bytes);

    private sealed class Load
    {
        private int _now;

        public int Most { get; private set; }

        public void Begin() => Most = Math.Max(Most, ++_now);

        public void End() => _now--;
    }
}
