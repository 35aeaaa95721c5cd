namespace Claims.Ingestion.Polling;

/// <summary>A facility could not be polled. The message tells an operator what is wrong, where, and what to do; it holds no secret and no personal data.</summary>
public sealed class FacilityPollException : Exception
{
    /// <summary>Creates the exception.</summary>
    /// <param name="message">What is wrong, where, and what to do.</param>
    /// <param name="innerException">What caused it, if anything.</param>
    public FacilityPollException(string message, Exception? innerException = null)
        : base(message, innerException)
    {
    }

    /// <summary>What kind of failure it is. <see cref="PollOutcome.CredentialRefused"/> and <see cref="PollOutcome.CircuitOpen"/> end the whole poll, also when they come from one file.</summary>
    /// <value>The default is <see cref="PollOutcome.Failed"/>.</value>
    public PollOutcome Outcome { get; init; } = PollOutcome.Failed;

    /// <summary>Whether going on with the facility's other files makes no sense.</summary>
    internal bool EndsPoll => Outcome is PollOutcome.CredentialRefused or PollOutcome.CircuitOpen;
}
