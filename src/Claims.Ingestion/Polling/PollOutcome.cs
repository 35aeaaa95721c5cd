namespace Claims.Ingestion.Polling;

/// <summary>How a poll of a facility ended.</summary>
public enum PollOutcome
{
    /// <summary>Everything listed was fetched or known already.</summary>
    Succeeded,

    /// <summary>The facility was listed, but some of its files could not be fetched; the next poll tries them again.</summary>
    Incomplete,

    /// <summary>The facility could not be polled.</summary>
    Failed,

    /// <summary>The poll took longer than its limit; what was fetched is stored.</summary>
    TimedOut,

    /// <summary>The source refused the facility's login. The facility is parked: it is not called again until its credential changes.</summary>
    CredentialRefused,

    /// <summary>Too many calls failed lately, so that the source is left alone for a while.</summary>
    CircuitOpen,
}
