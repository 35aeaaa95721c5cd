using System.ComponentModel.DataAnnotations;

namespace Claims.Ingestion.Scheduling;

/// <summary>How the polls of the facilities are spread over time.</summary>
public enum ScheduleStrategy
{
    /// <summary>Each facility has a slot of its own within the interval: an even load.</summary>
    Staggered,

    /// <summary>All facilities are due at the start of the interval; the limit on facilities at once still holds.</summary>
    Concurrent,
}

/// <summary>When facilities are polled, and how many at once.</summary>
public sealed class SchedulingOptions
{
    /// <summary>Whether facilities are polled by the schedule. Without it only polls that the host asks for are made.</summary>
    /// <value>The default is <see langword="true"/>.</value>
    public bool Enabled { get; set; } = true;

    /// <summary>The time between two polls of a facility.</summary>
    /// <value>The default is 30 minutes; from 1 second to 7 days.</value>
    [Range(typeof(TimeSpan), "00:00:01", "7.00:00:00")]
    public TimeSpan Interval { get; set; } = TimeSpan.FromMinutes(30);

    /// <summary>The time between the slots of two facilities. When more facilities than slots fit the interval, they are spread evenly over it.</summary>
    /// <value>The default is 30 seconds; from 1 millisecond to 1 day, and not longer than <see cref="Interval"/>.</value>
    [Range(typeof(TimeSpan), "00:00:00.001", "1.00:00:00")]
    public TimeSpan Stagger { get; set; } = TimeSpan.FromSeconds(30);

    /// <summary>How much later than its slot a facility may be due, different at each slot and the same on every host. It breaks up rhythms that a gateway shares with others.</summary>
    /// <value>The default is 0: exactly at the slot; from 0 to 1 day, and not longer than <see cref="Interval"/>.</value>
    [Range(typeof(TimeSpan), "00:00:00", "1.00:00:00")]
    public TimeSpan Jitter { get; set; } = TimeSpan.Zero;

    /// <summary>How the polls are spread over the interval.</summary>
    /// <value>The default is <see cref="ScheduleStrategy.Staggered"/>.</value>
    public ScheduleStrategy Strategy { get; set; } = ScheduleStrategy.Staggered;

    /// <summary>How many facilities this host polls at once. It is the host's own ceiling: however many other hosts die, it takes over no more at a time.</summary>
    /// <value>The default is 5; from 1 to 1,000.</value>
    [Range(1, 1000)]
    public int MaxConcurrentFacilities { get; set; } = 5;

    /// <summary>How many facilities with the same gateway, by the host name of their endpoints, this host polls at once.</summary>
    /// <value>The default is 1,000: no limit of its own; from 1 to 1,000.</value>
    [Range(1, 1000)]
    public int MaxConcurrentPerGateway { get; set; } = 1000;

    /// <summary>How many facilities this host back-fills at once, beside the polls. A back-fill stops for a slot of its facility.</summary>
    /// <value>The default is 1; from 1 to 100.</value>
    [Range(1, 100)]
    public int MaxConcurrentBackfills { get; set; } = 1;

    /// <summary>How long a host that gives no sign of life keeps a facility that it polls; after that another host takes over. Between hosts over one database only.</summary>
    /// <value>The default is 15 seconds; from 2 seconds to 10 minutes.</value>
    [Range(typeof(TimeSpan), "00:00:02", "00:10:00")]
    public TimeSpan LeaseTime { get; set; } = TimeSpan.FromSeconds(15);

    /// <summary>How long one poll of a facility may take. The time that it waits for room in the pipeline does not count.</summary>
    /// <value>The default is 5 minutes; from 1 second to 1 day.</value>
    [Range(typeof(TimeSpan), "00:00:01", "1.00:00:00")]
    public TimeSpan PollTimeout { get; set; } = TimeSpan.FromMinutes(5);
}
