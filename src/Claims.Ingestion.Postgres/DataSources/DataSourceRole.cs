namespace Claims.Ingestion.Postgres.DataSources;

/// <summary>Who uses a connection. Each role has a pool and limits of its own, so that none can starve another.</summary>
public enum DataSourceRole
{
    /// <summary>Storing claim files.</summary>
    Ingestion,

    /// <summary>Short reads of people and front ends.</summary>
    Api,

    /// <summary>Reports, and the refreshes of report views.</summary>
    Report,
}
