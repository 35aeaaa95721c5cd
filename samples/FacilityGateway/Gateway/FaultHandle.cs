namespace FacilityGateway.Gateway;

/// <summary>A fault that was asked for.</summary>
public sealed class FaultHandle
{
    private readonly TaskCompletionSource _struck = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly TaskCompletionSource _removed = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly GatewayFaults _faults;
    private int _strikes;

    internal FaultHandle(FaultRule rule, GatewayFaults faults)
    {
        Rule = rule;
        _faults = faults;
    }

    public FaultRule Rule { get; }

    /// <summary>How many calls it struck.</summary>
    public int Strikes => Volatile.Read(ref _strikes);

    /// <summary>Completes at the first strike.</summary>
    public Task Struck => _struck.Task;

    /// <summary>Completes when the rule is removed.</summary>
    internal Task Removed => _removed.Task;

    /// <summary>It strikes no more, and what hangs goes on.</summary>
    public void Remove()
    {
        _faults.Forget(this);
        _removed.TrySetResult();
    }

    /// <summary>Called by one thread at a time.</summary>
    internal bool TryStrike()
    {
        if (Rule.Times is { } times && _strikes >= times)
            return false;

        Volatile.Write(ref _strikes, _strikes + 1);
        _struck.TrySetResult();
        return true;
    }
}
