using Npgsql;

namespace Claims.Ingestion.Postgres.DataSources;

/// <summary>No server could take the read or the write in time. The message says why for each of them.</summary>
public sealed class NoServerException : NpgsqlException
{
    /// <summary>Creates the exception with no message.</summary>
    public NoServerException()
    {
    }

    /// <summary>Creates the exception.</summary>
    /// <param name="message">What was asked for, and why no server took it.</param>
    public NoServerException(string message)
        : base(message)
    {
    }

    /// <summary>Creates the exception.</summary>
    /// <param name="message">What was asked for, and why no server took it.</param>
    /// <param name="innerException">The cause.</param>
    public NoServerException(string message, Exception? innerException)
        : base(message, innerException)
    {
    }

    /// <summary>Whether another attempt may succeed: it may.</summary>
    public override bool IsTransient => true;
}
