namespace Claims.Ingestion.Polling;

/// <summary>The state of a circuit breaker.</summary>
public enum CircuitState
{
    /// <summary>Calls are made.</summary>
    Closed,

    /// <summary>Too many calls failed: none is made for a while.</summary>
    Open,

    /// <summary>The while is over: the next call decides.</summary>
    HalfOpen,
}
