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

    /// <summary>The time between two polls of this facility.</summary>
    /// <value>The default is <see langword="null"/>: <see cref="Scheduling.SchedulingOptions.Interval"/>. From 1 second to 7 days.</value>
    public TimeSpan? Interval { get; set; }

    /// <summary>How long one poll of this facility may take.</summary>
    /// <value>The default is <see langword="null"/>: <see cref="Scheduling.SchedulingOptions.PollTimeout"/>. From 1 second to 1 day.</value>
    public TimeSpan? PollTimeout { get; set; }

    /// <summary>Who is served first when several facilities wait for a place.</summary>
    /// <value>The default is 0; from -10 (last) to 10 (first).</value>
    public int Priority { get; set; }

    /// <summary>The time of the day in which the facility is polled.</summary>
    /// <value>The default is <see langword="null"/>: at all times.</value>
    public FacilityWindowOptions? Window { get; set; }

    /// <summary>Whether the facility is left alone for now: it is known, but not polled.</summary>
    /// <value>The default is <see langword="false"/>.</value>
    public bool Paused { get; set; }

    internal Facility ToFacility() => new(Trim(Id), Trim(Poller), Trim(Endpoint))
    {
        Name = Name,
        Interval = Interval,
        PollTimeout = PollTimeout,
        Priority = Priority,
        Window = Window is null ? null : new PollWindow(Window.From, Window.To, Trim(Window.TimeZone)),
        IsPaused = Paused,
    };

    /// <summary>A configuration can set what is not nullable to null.</summary>
    private static string Trim(string? text) => text?.Trim() ?? "";
}

/// <summary>The time of the day in which a facility is polled. A poll begins within it and may end after it.</summary>
public sealed class FacilityWindowOptions
{
    /// <summary>When it opens, local time.</summary>
    /// <value>The default is 00:00.</value>
    public TimeOnly From { get; set; }

    /// <summary>When it closes, local time. Earlier than <see cref="From"/>: on the next day.</summary>
    /// <value>The default is 00:00; not the same as <see cref="From"/>.</value>
    public TimeOnly To { get; set; }

    /// <summary>The IANA name of the time zone, for example <c>Asia/Dubai</c>. Daylight saving is followed. Required.</summary>
    public string TimeZone { get; set; } = "";
}
