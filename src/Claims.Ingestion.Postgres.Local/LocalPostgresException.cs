namespace Claims.Ingestion.Postgres.Local;

/// <summary>A private server could not be created, started or stopped. The message says why and holds the end of the server's log where there is one.</summary>
public sealed class LocalPostgresException : Exception
{
    /// <summary>Creates the exception with no message.</summary>
    public LocalPostgresException()
    {
    }

    /// <summary>Creates the exception.</summary>
    /// <param name="message">What went wrong and what to do.</param>
    public LocalPostgresException(string message)
        : base(message)
    {
    }

    /// <summary>Creates the exception.</summary>
    /// <param name="message">What went wrong and what to do.</param>
    /// <param name="innerException">The cause.</param>
    public LocalPostgresException(string message, Exception? innerException)
        : base(message, innerException)
    {
    }
}
