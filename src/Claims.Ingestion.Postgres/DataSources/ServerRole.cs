namespace Claims.Ingestion.Postgres.DataSources;

/// <summary>What a database server is, by its own account.</summary>
public enum ServerRole
{
    /// <summary>It has not answered yet.</summary>
    Unknown,

    /// <summary>It takes writes.</summary>
    Primary,

    /// <summary>It follows a primary, and serves reads.</summary>
    Replica,
}
