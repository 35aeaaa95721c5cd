namespace Claims.Ingestion.Facilities;

/// <summary>The facilities of the configuration section.</summary>
public sealed class FacilityListOptions
{
    /// <summary>The facilities; each id once.</summary>
    /// <value>The default is an empty list.</value>
    public IList<FacilityOptions> Facilities { get; } = [];
}

/// <summary>A facility in the configuration.</summary>
public sealed class FacilityOptions
{
    /// <summary>The licence number that identifies the facility. Required.</summary>
    public string Id { get; set; } = "";

    /// <summary>A name for people.</summary>
    /// <value>The default is <see langword="null"/>: the id is shown.</value>
    public string? Name { get; set; }

    /// <summary>Which poller fetches its files.</summary>
    /// <value>The default is <c>directory</c>.</value>
    public string Poller { get; set; } = "directory";

    /// <summary>Where its files are: a folder for the directory poller. Required.</summary>
    public string Endpoint { get; set; } = "";
}
