using System.ComponentModel.DataAnnotations;

namespace Claims.Ingestion.Postgres.Diagnostics;

/// <summary>The watch of the database: one short look at its own statistics now and then, for metrics, health checks and the dashboard; and the figures that are kept for each hour.</summary>
public sealed class WatchOptions
{
    /// <summary>Whether this host looks. Of several hosts one is enough: each one looks for itself and sees the same.</summary>
    /// <value>The default is <see langword="true"/>.</value>
    public bool Enabled { get; set; } = true;

    /// <summary>The time between two looks.</summary>
    /// <value>The default is 10 seconds; from 1 second to 1 hour.</value>
    [Range(typeof(TimeSpan), "00:00:01", "01:00:00")]
    public TimeSpan Interval { get; set; } = TimeSpan.FromSeconds(10);

    /// <summary>Whether this host keeps figures of each hour in <c>claims.ingestion_hour</c>: what it stored, and how users and reports fared meanwhile.</summary>
    /// <value>The default is <see langword="true"/>.</value>
    public bool History { get; set; } = true;

    /// <summary>For how long the figures of an hour are kept.</summary>
    /// <value>The default is 100 days; from 1 to 3,650 days.</value>
    [Range(typeof(TimeSpan), "1.00:00:00", "3650.00:00:00")]
    public TimeSpan HistoryKept { get; set; } = TimeSpan.FromDays(100);
}
