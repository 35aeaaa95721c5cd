using System.ComponentModel.DataAnnotations;

namespace Claims.Ingestion.Postgres.DataSources;

/// <summary>The pool and the limits of one data source role. Where there are several servers, the role has such a pool on each that it uses.</summary>
public sealed class PoolOptions
{
    /// <summary>The name that metrics, logs and <c>pg_stat_activity</c> show.</summary>
    /// <value>The default is <see langword="null"/>: <c>claims-ingestion</c>, <c>claims-api</c> or <c>claims-report</c>.</value>
    public string? Name { get; set; }

    /// <summary>The most connections the role may hold.</summary>
    /// <value>The defaults are 10 for Ingestion, 30 for Api, 10 for Report: 50 in all; from 1 to 1,000.</value>
    [Range(1, 1000)]
    public int MaxSize { get; set; } = 10;

    /// <summary>How long a caller waits for a free connection or a new one.</summary>
    /// <value>The default is 15 seconds; from 1 second to 10 minutes.</value>
    [Range(typeof(TimeSpan), "00:00:01", "00:10:00")]
    public TimeSpan ConnectTimeout { get; set; } = TimeSpan.FromSeconds(15);

    /// <summary>How long the server works on one statement before it cancels it. With <see cref="PoolerMode.Transaction"/> the host cancels it.</summary>
    /// <value>The defaults are 5 minutes for Ingestion, 10 seconds for Api, 10 minutes for Report; from 1 second to 1 day.</value>
    [Range(typeof(TimeSpan), "00:00:01", "1.00:00:00")]
    public TimeSpan StatementTimeout { get; set; } = TimeSpan.FromMinutes(5);

    /// <summary>How long a statement waits for a lock before the server cancels it. Not applied with <see cref="PoolerMode.Transaction"/>.</summary>
    /// <value>The defaults are 10 seconds for Ingestion, 2 seconds for Api, 5 seconds for Report; from 1 millisecond to 1 hour.</value>
    [Range(typeof(TimeSpan), "00:00:00.001", "01:00:00")]
    public TimeSpan LockTimeout { get; set; } = TimeSpan.FromSeconds(10);

    /// <summary>How many connections stay open though nobody uses them. Without any, a pool that is mostly idle is closed nearly whole after <see cref="IdleTimeout"/>, and those who come next wait for new connections.</summary>
    /// <value>The defaults are 0 for Ingestion, 4 for Api and Report; from 0 to 1,000. More than <see cref="MaxSize"/> counts as that.</value>
    [Range(0, 1000)]
    public int MinIdle { get; set; }

    /// <summary>After how long without use a connection beyond <see cref="MinIdle"/> is closed.</summary>
    /// <value>The default is 5 minutes; from 1 second to 1 day.</value>
    [Range(typeof(TimeSpan), "00:00:01", "1.00:00:00")]
    public TimeSpan IdleTimeout { get; set; } = TimeSpan.FromMinutes(5);

    /// <summary>After how long a connection is closed when it comes back to the pool, so that none grows old behind a balancer or keeps memory for ever.</summary>
    /// <value>The default is 30 minutes; from 0, which means never, to 7 days.</value>
    [Range(typeof(TimeSpan), "00:00:00", "7.00:00:00")]
    public TimeSpan MaxLifetime { get; set; } = TimeSpan.FromMinutes(30);

    /// <summary>After how long without traffic TCP asks whether the other side is still there.</summary>
    /// <value>The default is 1 minute; from 0, which leaves it to the system, to 1 day.</value>
    [Range(typeof(TimeSpan), "00:00:00", "1.00:00:00")]
    public TimeSpan KeepAlive { get; set; } = TimeSpan.FromMinutes(1);

    /// <summary>A connection that is held for longer is reported, once, with the place where it was opened.</summary>
    /// <value>The defaults are 10 minutes for Ingestion, 1 minute for Api, 20 minutes for Report; from 0, which means never, to 7 days.</value>
    [Range(typeof(TimeSpan), "00:00:00", "7.00:00:00")]
    public TimeSpan LeakThreshold { get; set; } = TimeSpan.FromMinutes(10);
}
