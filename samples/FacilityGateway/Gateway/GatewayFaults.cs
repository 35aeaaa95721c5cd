namespace FacilityGateway.Gateway;

/// <summary>The faults that strike the calls. Of several that fit a call, the one added first strikes.</summary>
public sealed class GatewayFaults
{
    private readonly Lock _lock = new();
    private readonly List<FaultHandle> _handles = [];

    internal IReadOnlyList<FaultHandle> All
    {
        get
        {
            lock (_lock)
                return [.. _handles];
        }
    }

    /// <exception cref="ArgumentException">The rule is out of its limits; the message names what is.</exception>
    public FaultHandle Add(FaultRule rule)
    {
        rule.Validate();
        var handle = new FaultHandle(rule, this);
        lock (_lock)
            _handles.Add(handle);

        return handle;
    }

    /// <summary>Removes all rules.</summary>
    public void Clear()
    {
        foreach (var handle in All)
            handle.Remove();
    }

    internal FaultHandle? Strike(string operation, string? facilityId, string? fileId)
    {
        lock (_lock)
            return _handles.Find(handle => handle.Rule.Matches(operation, facilityId, fileId) && handle.TryStrike());
    }

    internal void Forget(FaultHandle handle)
    {
        lock (_lock)
            _handles.Remove(handle);
    }
}
