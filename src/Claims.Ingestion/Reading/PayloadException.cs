namespace Claims.Ingestion.Reading;

/// <summary>The content of a file cannot be unwrapped or breaks a limit. The message is a reason for the quarantine, without content.</summary>
internal sealed class PayloadException : Exception
{
    public PayloadException(string reason)
        : base(reason)
    {
    }

    public PayloadException(string reason, Exception inner)
        : base(reason, inner)
    {
    }
}
