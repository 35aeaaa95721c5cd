namespace Claims.Ingestion.EClaimLink.Calls;

/// <summary>What the library does about a result code.</summary>
internal enum ResultKind
{
    /// <summary>The call succeeded.</summary>
    Done,

    /// <summary>The call succeeded; there is nothing new.</summary>
    Nothing,

    /// <summary>The gateway refuses the login: the facility is parked.</summary>
    Refused,

    /// <summary>The request is wrong: no retry.</summary>
    ProgramError,

    /// <summary>A passing error of the service: retried.</summary>
    Transient,

    /// <summary>The search spans too long: its window is cut in halves.</summary>
    WindowTooLong,

    /// <summary>The file is not there: treated as gone.</summary>
    Gone,

    /// <summary>The service does not do this: no retry.</summary>
    Unsupported,

    /// <summary>A failure that nobody has described: counted, logged, retried a few times.</summary>
    Unknown,
}
