namespace Claims.Ingestion.Diagnostics;

/// <summary>Remembers what operators asked for and what came of it. A store that outlives the process takes the place of the one in memory.</summary>
internal interface IActionTrail
{
    /// <summary>Remembers what is asked for, before it is done.</summary>
    Task<OperatorAction> AskedAsync(string by, string action, string target, CancellationToken cancellationToken);

    /// <summary>Remembers what came of it.</summary>
    /// <returns>The action with it.</returns>
    Task<OperatorAction> EndedAsync(OperatorAction asked, string? outcome, string? error, CancellationToken cancellationToken);

    /// <returns>The actions, the newest first.</returns>
    Task<IReadOnlyList<OperatorAction>> ReadAsync(long? before, int limit, CancellationToken cancellationToken);

    /// <summary>Says what an exception of the store means, without content.</summary>
    /// <returns><see langword="null"/> for one that is not the store's.</returns>
    string? Explain(Exception exception);
}
