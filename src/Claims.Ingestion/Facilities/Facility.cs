namespace Claims.Ingestion.Facilities;

/// <summary>An organisation whose claim files are fetched: a clinic, a hospital, a payer.</summary>
/// <param name="Id">The licence number that identifies the facility, for example <c>DHA-F-0000001</c>.</param>
/// <param name="PollerKind">Which poller fetches its files: the <see cref="Polling.IFacilityPoller.Kind"/> of a registered poller.</param>
/// <param name="Endpoint">Where its files are: a folder for the directory poller, an address for a gateway.</param>
public sealed record Facility(string Id, string PollerKind, string Endpoint)
{
    /// <summary>A name for people.</summary>
    /// <value>The default is <see langword="null"/>: the id is shown.</value>
    public string? Name { get; init; }
}
