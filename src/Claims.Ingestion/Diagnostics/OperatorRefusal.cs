namespace Claims.Ingestion.Diagnostics;

/// <summary>Why an operator's action was not done.</summary>
public enum OperatorRefusal
{
    /// <summary>There is no such facility, file or view.</summary>
    Unknown,

    /// <summary>What was asked for makes no sense, such as an empty range.</summary>
    Invalid,

    /// <summary>It cannot be done as things are: the facility is being polled already, there is nothing to store of the file.</summary>
    NotPossible,

    /// <summary>It was tried and failed, or the database is away; it may be asked for again.</summary>
    Failed,
}
