namespace Claims.Ingestion.Postgres.DataSources;

/// <summary>Whether a connection pooler such as PgBouncer stands between this host and the servers, and what it hands out.</summary>
public enum PoolerMode
{
    /// <summary>There is none.</summary>
    None,

    /// <summary>A connection for as long as the client holds its own.</summary>
    Session,

    /// <summary>A connection for each transaction: nothing that is set for a session lasts.</summary>
    Transaction,
}
