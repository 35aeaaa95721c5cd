namespace Claims.Ingestion.Pipeline;

/// <summary>A file cannot be replayed as asked. Nothing was changed. The message says why, without claim content.</summary>
public sealed class FileReplayException : Exception
{
    /// <summary>Creates the exception.</summary>
    /// <param name="message">What is wrong.</param>
    public FileReplayException(string message)
        : base(message)
    {
    }
}
