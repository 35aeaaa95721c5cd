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
}
