namespace Claims.Ingestion.Diagnostics;

/// <summary>An operator's action was not done. The message says why and what to do, without claim content.</summary>
public sealed class OperatorActionException : Exception
{
    /// <summary>Creates the exception.</summary>
    /// <param name="refusal">Why, for programs.</param>
    /// <param name="message">What is wrong and what to do.</param>
    /// <param name="innerException">What caused it, if anything.</param>
    public OperatorActionException(OperatorRefusal refusal, string message, Exception? innerException = null)
        : base(message, innerException) => Refusal = refusal;

    /// <summary>Why, for programs.</summary>
    public OperatorRefusal Refusal { get; }
}
