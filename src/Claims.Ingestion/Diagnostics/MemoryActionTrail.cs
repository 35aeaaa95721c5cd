namespace Claims.Ingestion.Diagnostics;

/// <summary>Remembers the last actions until the process ends. The log keeps them longer.</summary>
internal sealed class MemoryActionTrail(TimeProvider time) : IActionTrail
{
    private const int Kept = 1000;

    private readonly Lock _gate = new();
    private readonly SortedList<long, OperatorAction> _actions = [];
    private long _last;

    public Task<OperatorAction> AskedAsync(string by, string action, string target, CancellationToken cancellationToken)
    {
        lock (_gate)
        {
            var asked = new OperatorAction { Id = ++_last, At = time.GetUtcNow(), By = by, Action = action, Target = target };
            _actions.Add(asked.Id, asked);
            if (_actions.Count > Kept) _actions.RemoveAt(0);
            return Task.FromResult(asked);
        }
    }

    public Task<OperatorAction> EndedAsync(OperatorAction asked, string? outcome, string? error, CancellationToken cancellationToken)
    {
        OperatorAction ended = asked with { Outcome = outcome, Error = error, EndedAt = time.GetUtcNow() };
        lock (_gate)
        {
            if (_actions.ContainsKey(asked.Id)) _actions[asked.Id] = ended;
        }

        return Task.FromResult(ended);
    }

    public Task<IReadOnlyList<OperatorAction>> ReadAsync(long? before, int limit, CancellationToken cancellationToken)
    {
        lock (_gate) return Task.FromResult<IReadOnlyList<OperatorAction>>([.. _actions.Values.Reverse().Where(a => before is null || a.Id < before).Take(limit)]);
    }

    public string? Explain(Exception exception) => null;
}
