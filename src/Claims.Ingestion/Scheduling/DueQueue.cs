namespace Claims.Ingestion.Scheduling;

/// <summary>
/// The facilities that wait for a place, in fair order: least recently served first, where a step of priority is worth one interval
/// of waiting. A facility's place in the order only gets better while it waits, so nobody waits for ever.
/// </summary>
internal sealed class DueQueue(int places, int placesPerGateway)
{
    private readonly SortedSet<PollRequest> _waiting = new(Comparer<PollRequest>.Create((a, b) => (a.Rank, a.Number).CompareTo((b.Rank, b.Number))));
    private readonly Dictionary<string, int> _gateways = new(StringComparer.OrdinalIgnoreCase);
    private int _taken;

    public int Count => _waiting.Count;

    public void Add(PollRequest request) => _waiting.Add(request);

    public bool Remove(PollRequest request) => _waiting.Remove(request);

    public IReadOnlyList<PollRequest> RemoveAll(Func<PollRequest, bool> isUnwanted)
    {
        PollRequest[] removed = [.. _waiting.Where(isUnwanted)];
        foreach (PollRequest request in removed) _waiting.Remove(request);
        return removed;
    }

    /// <summary>Takes who may be polled now: as many as there are places, and none whose gateway has no place left.</summary>
    public List<PollRequest> TakeStartable()
    {
        var startable = new List<PollRequest>();
        if (_taken == places) return startable;
        foreach (PollRequest request in _waiting)
        {
            int atGateway = _gateways.GetValueOrDefault(request.Gateway);
            if (request.Gateway.Length > 0 && atGateway >= placesPerGateway) continue;
            _gateways[request.Gateway] = atGateway + 1;
            startable.Add(request);
            if (++_taken == places) break;
        }

        foreach (PollRequest request in startable) _waiting.Remove(request);
        return startable;
    }

    /// <summary>Gives a place back.</summary>
    public void Free(PollRequest request)
    {
        _taken--;
        if (--_gateways[request.Gateway] == 0) _gateways.Remove(request.Gateway);
    }
}
