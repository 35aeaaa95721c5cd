namespace Claims.Ingestion.Storage;

/// <summary>A batch could not be stored. Nothing of it is in the store. The message holds no claim content.</summary>
public class ClaimStoreException : Exception
{
    /// <summary>Creates the exception.</summary>
    /// <param name="message">What is wrong and what to do.</param>
    /// <param name="isTransient">Whether the same batch may succeed when it is tried again.</param>
    /// <param name="innerException">What caused it, if anything.</param>
    public ClaimStoreException(string message, bool isTransient, Exception? innerException = null)
        : base(message, innerException) => IsTransient = isTransient;

    /// <summary>Whether the same batch may succeed when it is tried again: the server was away, a serialization failure, a deadlock.</summary>
    /// <value><see langword="false"/> when the content itself was refused.</value>
    public bool IsTransient { get; }
}
