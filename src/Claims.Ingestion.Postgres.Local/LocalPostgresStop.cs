namespace Claims.Ingestion.Postgres.Local;

/// <summary>How a server is stopped.</summary>
public enum LocalPostgresStop
{
    /// <summary>Ends the sessions, writes a checkpoint and stops: nothing needs recovery afterwards.</summary>
    Fast,

    /// <summary>Stops at once, as a crash would: the next start recovers from the write-ahead log.</summary>
    Immediate,
}
