namespace Claims.Ingestion.Pipeline;

/// <summary>
/// Start-time fair queueing (Goyal, Vin and Cheng, 1996): whoever waits has a start tag, where its facility's last finish tag
/// was, and the smallest start tag goes next. The virtual time is the start tag served last; a facility that was idle begins
/// there, so that it can neither save up nor is punished for what it took while nobody else wanted it. Not thread-safe.
/// </summary>
internal sealed class FairClock
{
    /// <summary>How many facilities are remembered that have nothing waiting and are ahead of the virtual time.</summary>
    internal const int MaxIdle = 1000;

    private readonly Dictionary<string, Share> _shares = new(StringComparer.Ordinal);
    private readonly SortedSet<Share> _idle = new(Comparer<Share>.Create(Share.CompareFinish));
    private long _now;
    private long _entered;
    private int _waiting;

    /// <summary>How many facilities are remembered.</summary>
    public int Facilities => _shares.Count;

    /// <summary>An item of this cost begins to wait.</summary>
    public Turn Enter(string facilityId, int cost)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(cost, 1);
        Share share = Resume(facilityId);
        long start = Math.Max(_now, share.Finish);
        share.Finish = start + cost;
        share.Waiting++;
        _waiting++;
        return new Turn(start, _entered++, cost, share);
    }

    /// <summary>An item is served.</summary>
    public void Serve(Turn turn)
    {
        _now = Math.Max(_now, turn.Start);
        Leave(turn.Share);
    }

    /// <summary>An item goes without being served. Its facility is not charged for it once nothing else of it waits; what waits keeps its turn.</summary>
    public void Withdraw(Turn turn)
    {
        turn.Share.Withdrawn += turn.Cost;
        Leave(turn.Share);
    }

    /// <summary>What was served turned out to cost more, or less, than it was taken for.</summary>
    public void Correct(string facilityId, int difference)
    {
        if (!_shares.ContainsKey(facilityId) && (_waiting == 0 || difference < 0)) return;
        Share share = Resume(facilityId);
        share.Finish = Math.Max(_now, share.Finish) + difference;
        if (share.Waiting == 0) Rest(share);
    }

    /// <summary>There is capacity that nobody waits for: what was taken so far was at nobody's expense and is forgotten.</summary>
    public void EndBusyPeriod()
    {
        if (_waiting > 0) return;
        _shares.Clear();
        _idle.Clear();
        _now = 0;
    }

    private Share Resume(string facilityId)
    {
        if (!_shares.TryGetValue(facilityId, out Share? share)) _shares.Add(facilityId, share = new Share(facilityId));
        else if (share.Waiting == 0) _idle.Remove(share);
        return share;
    }

    private void Leave(Share share)
    {
        _waiting--;
        if (--share.Waiting > 0) return;
        share.Finish -= share.Withdrawn;
        share.Withdrawn = 0;
        Rest(share);
    }

    /// <summary>
    /// A tag that is behind the virtual time says nothing any more. When each of very many facilities comes once, the virtual
    /// time stands still; then it moves on to the nearest tags, so that they can be forgotten and nobody waits for ever.
    /// </summary>
    private void Rest(Share share)
    {
        _idle.Add(share);
        while (_idle.Min is { } nearest && (nearest.Finish <= _now || _idle.Count > MaxIdle))
        {
            _now = Math.Max(_now, nearest.Finish);
            _idle.Remove(nearest);
            _shares.Remove(nearest.FacilityId);
        }
    }

    /// <summary>When an item is served: by start tag, then first come first served.</summary>
    internal readonly record struct Turn(long Start, long Sequence, int Cost, Share Share) : IComparable<Turn>
    {
        public int CompareTo(Turn other) => Start != other.Start ? Start.CompareTo(other.Start) : Sequence.CompareTo(other.Sequence);
    }

    internal sealed class Share(string facilityId)
    {
        public string FacilityId { get; } = facilityId;

        public long Finish { get; set; }

        public int Waiting { get; set; }

        public long Withdrawn { get; set; }

        public static int CompareFinish(Share one, Share other) =>
            one.Finish != other.Finish ? one.Finish.CompareTo(other.Finish) : string.CompareOrdinal(one.FacilityId, other.FacilityId);
    }
}
