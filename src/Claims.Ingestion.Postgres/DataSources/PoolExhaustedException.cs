using Npgsql;

namespace Claims.Ingestion.Postgres.DataSources;

/// <summary>Every connection of a pool is in use, and none came free in time. The message says who holds them.</summary>
public sealed class PoolExhaustedException : NpgsqlException
{
    /// <summary>Creates the exception with no message.</summary>
    public PoolExhaustedException()
    {
    }

    /// <summary>Creates the exception.</summary>
    /// <param name="message">Which pool, and who holds its connections.</param>
    public PoolExhaustedException(string message)
        : base(message)
    {
    }

    /// <summary>Creates the exception.</summary>
    /// <param name="message">Which pool, and who holds its connections.</param>
    /// <param name="innerException">What the waiting ended with.</param>
    public PoolExhaustedException(string message, Exception? innerException)
        : base(message, innerException)
    {
    }
}
