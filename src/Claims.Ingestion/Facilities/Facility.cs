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

    /// <summary>The time between two polls of this facility.</summary>
    /// <value>The default is <see langword="null"/>: <see cref="Scheduling.SchedulingOptions.Interval"/>. From 1 second to 7 days.</value>
    public TimeSpan? Interval { get; init; }

    /// <summary>How long one poll of this facility may take.</summary>
    /// <value>The default is <see langword="null"/>: <see cref="Scheduling.SchedulingOptions.PollTimeout"/>. From 1 second to 1 day.</value>
    public TimeSpan? PollTimeout { get; init; }

    /// <summary>Who is served first when several facilities wait for a place. A step is worth one interval of waiting, so that nobody waits for ever.</summary>
    /// <value>The default is 0; from -10 (last) to 10 (first).</value>
    public int Priority { get; init; }

    /// <summary>The time of the day in which the facility is polled.</summary>
    /// <value>The default is <see langword="null"/>: at all times.</value>
    public PollWindow? Window { get; init; }

    /// <summary>Whether the facility is left alone for now: it is known, but not polled.</summary>
    /// <value>The default is <see langword="false"/>.</value>
    public bool IsPaused { get; init; }
}
