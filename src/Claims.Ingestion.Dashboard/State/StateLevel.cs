namespace Claims.Ingestion.Dashboard.State;

/// <summary>How bad it is; later is worse.</summary>
internal enum StateLevel
{
    /// <summary>Nothing needs anybody.</summary>
    Well,

    /// <summary>Something holds ingestion back, as it should.</summary>
    Note,

    /// <summary>Somebody should look at it by day.</summary>
    Warning,

    /// <summary>Somebody should look at it now.</summary>
    Trouble,
}
