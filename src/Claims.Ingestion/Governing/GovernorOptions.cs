using System.ComponentModel.DataAnnotations;

namespace Claims.Ingestion.Governing;

/// <summary>How ingestion gives way to the users of the database.</summary>
public sealed class GovernorOptions
{
    /// <summary>Whether the governor works. Without it ingestion takes what it can get.</summary>
    /// <value>The default is <see langword="true"/>.</value>
    public bool Enabled { get; set; } = true;

    /// <summary>Whether it only says what it would do.</summary>
    /// <value>The default is <see langword="false"/>.</value>
    public bool ObserveOnly { get; set; }

    /// <summary>How often it decides.</summary>
    /// <value>The default is 500 milliseconds; from 50 milliseconds to 1 minute.</value>
    [Range(typeof(TimeSpan), "00:00:00.05", "00:01:00")]
    public TimeSpan Interval { get; set; } = TimeSpan.FromMilliseconds(500);

    /// <summary>How slow the users' queries may be, as a multiple of what they take while ingestion is quiet.</summary>
    /// <value>The default is 1.25; from 1.05 to 100.</value>
    [Range(1.05, 100)]
    public double UserLatencyTarget { get; set; } = 1.25;

    /// <summary>What is quick enough: as long as the users' queries take no longer, nobody gives way, however quick they are in quiet. Below it a multiple says more of noise than of users.</summary>
    /// <value>The default is 10 milliseconds; from 0 to 1 minute.</value>
    [Range(typeof(TimeSpan), "00:00:00", "00:01:00")]
    public TimeSpan UserLatencyFloor { get; set; } = TimeSpan.FromMilliseconds(10);

    /// <summary>How slow the users' queries may be in any case; it holds also while it is not known what they take in quiet.</summary>
    /// <value>The default is 250 milliseconds; from 1 millisecond to 1 minute.</value>
    [Range(typeof(TimeSpan), "00:00:00.001", "00:01:00")]
    public TimeSpan UserLatencyLimit { get; set; } = TimeSpan.FromMilliseconds(250);

    /// <summary>How long a commit of the ingestion may take: longer says that the disk of the write-ahead log, or a replica that commits wait for, does not keep up.</summary>
    /// <value>The default is 1 second; from 1 millisecond to 1 hour.</value>
    [Range(typeof(TimeSpan), "00:00:00.001", "01:00:00")]
    public TimeSpan CommitLatencyLimit { get; set; } = TimeSpan.FromSeconds(1);

    /// <summary>How much of the processors that it may use this process should use: with more, the users that it serves itself wait for a processor.</summary>
    /// <value>The default is 0.9; from 0.05 to 1, which means that nobody looks.</value>
    [Range(0.05, 1)]
    public double MaxProcessorUse { get; set; } = 0.9;

    /// <summary>The share of its full speed that ingestion keeps, however slow the users' queries are.</summary>
    /// <value>The default is 0.02; from 0.001 to 1.</value>
    [Range(0.001, 1)]
    public double MinShare { get; set; } = 0.02;

    /// <summary>The share while a signal that is needed is dead.</summary>
    /// <value>The default is 0.25; from 0.001 to 1.</value>
    [Range(0.001, 1)]
    public double SafeShare { get; set; } = 0.25;

    /// <summary>How long a file may wait to be stored before the users have to bear it: its share rises again from half of this time on, up to <see cref="DeadlineShare"/>.</summary>
    /// <value>The default is 10 minutes; from 1 second to 1 day.</value>
    [Range(typeof(TimeSpan), "00:00:01", "1.00:00:00")]
    public TimeSpan FreshnessDeadline { get; set; } = TimeSpan.FromMinutes(10);

    /// <summary>The least share when a file has waited as long as <see cref="FreshnessDeadline"/>.</summary>
    /// <value>The default is 0.5; from 0.001 to 1.</value>
    [Range(0.001, 1)]
    public double DeadlineShare { get; set; } = 0.5;
}
