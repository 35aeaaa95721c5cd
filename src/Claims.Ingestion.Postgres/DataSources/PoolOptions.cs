using System.ComponentModel.DataAnnotations;

namespace Claims.Ingestion.Postgres.DataSources;

/// <summary>The pool and the limits of one data source role.</summary>
public sealed class PoolOptions
{
    /// <summary>The most connections the role may hold.</summary>
    /// <value>The defaults are 10 for Ingestion, 30 for Api, 10 for Report: 50 in all; from 1 to 1,000.</value>
    [Range(1, 1000)]
    public int MaxSize { get; set; } = 10;

    /// <summary>How long a caller waits for a free connection or a new one.</summary>
    /// <value>The default is 15 seconds; from 1 second to 10 minutes.</value>
    [Range(typeof(TimeSpan), "00:00:01", "00:10:00")]
    public TimeSpan ConnectTimeout { get; set; } = TimeSpan.FromSeconds(15);

    /// <summary>How long the server works on one statement before it cancels it.</summary>
    /// <value>The defaults are 5 minutes for Ingestion, 10 seconds for Api, 10 minutes for Report; from 1 second to 1 day.</value>
    [Range(typeof(TimeSpan), "00:00:01", "1.00:00:00")]
    public TimeSpan StatementTimeout { get; set; } = TimeSpan.FromMinutes(5);

    /// <summary>How long a statement waits for a lock before the server cancels it.</summary>
    /// <value>The defaults are 10 seconds for Ingestion, 2 seconds for Api, 5 seconds for Report; from 1 millisecond to 1 hour.</value>
    [Range(typeof(TimeSpan), "00:00:00.001", "01:00:00")]
    public TimeSpan LockTimeout { get; set; } = TimeSpan.FromSeconds(10);
}
