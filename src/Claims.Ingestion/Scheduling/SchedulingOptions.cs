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

    /// <summary>How the polls are spread over the interval.</summary>
    /// <value>The default is <see cref="ScheduleStrategy.Staggered"/>.</value>
    public ScheduleStrategy Strategy { get; set; } = ScheduleStrategy.Staggered;

    /// <summary>How many facilities are polled at once.</summary>
    /// <value>The default is 5; from 1 to 1,000.</value>
    [Range(1, 1000)]
    public int MaxConcurrentFacilities { get; set; } = 5;

    /// <summary>How long one poll of a facility may take. The time that it waits for room in the pipeline does not count.</summary>
    /// <value>The default is 5 minutes; from 1 second to 1 day.</value>
    [Range(typeof(TimeSpan), "00:00:01", "1.00:00:00")]
    public TimeSpan PollTimeout { get; set; } = TimeSpan.FromMinutes(5);
}
