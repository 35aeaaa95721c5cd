namespace Claims.Ingestion.Postgres.Local;

/// <summary>This machine has no usable PostgreSQL binaries. The message names every place looked in and how to install them.</summary>
public sealed class PostgresNotFoundException : Exception
{
    /// <summary>Creates the exception with no message.</summary>
    public PostgresNotFoundException()
    {
    }

    /// <summary>Creates the exception.</summary>
    /// <param name="message">Where was looked and how to install PostgreSQL.</param>
    public PostgresNotFoundException(string message)
        : base(message)
    {
    }

    /// <summary>Creates the exception.</summary>
    /// <param name="message">Where was looked and how to install PostgreSQL.</param>
    /// <param name="innerException">The cause.</param>
    public PostgresNotFoundException(string message, Exception? innerException)
        : base(message, innerException)
    {
    }
}
