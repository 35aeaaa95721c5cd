using System.ComponentModel.DataAnnotations;
using Claims.Ingestion.Postgres.Diagnostics;
using Claims.Ingestion.Postgres.Views;
using Npgsql;

namespace Claims.Ingestion.Postgres.DataSources;

/// <summary>The PostgreSQL store.</summary>
public sealed class PostgresOptions
{
    /// <summary>
    /// How to reach the server, or the servers: an Npgsql connection string. Required. Several hosts, as in <c>Host=db1,db2:5433</c>, are a primary and its replicas in any order.
    /// </summary>
    /// <value>The default is what was given to <c>UsePostgres</c>.</value>
    public string ConnectionString { get; set; } = "";

    /// <summary>Whether the schema is brought up to date when the host starts. Several hosts may start at once.</summary>
    /// <value>The default is <see langword="true"/>.</value>
    public bool MigrateOnStart { get; set; } = true;

    /// <summary>For how many months after the present one the partitions are made ahead.</summary>
    /// <value>The default is 2; from 1 to 24.</value>
    [Range(1, 24)]
    public int MonthsAhead { get; set; } = 2;

    /// <summary>
    /// How many whole months before the present one the rows of files are kept; older months are removed for good. The ledger is kept for ever, so that no file is fetched again.
    /// A claim whose submission is removed before its remittance counts as never submitted.
    /// </summary>
    /// <value>The default is <see langword="null"/>: for ever; from 1 to 1,200.</value>
    [Range(1, 1200)]
    public int? KeepMonths { get; set; }

    /// <summary>How often some files are verified: whether their rows are those that the ledger counts. Several hosts take turns.</summary>
    /// <value>The default is 1 minute; from 0, which means never, to 1 day.</value>
    [Range(typeof(TimeSpan), "00:00:00", "1.00:00:00")]
    public TimeSpan VerifyInterval { get; set; } = TimeSpan.FromMinutes(1);

    /// <summary>The pool that stores claim files.</summary>
    public PoolOptions Ingestion { get; } = new();

    /// <summary>The pool for short reads.</summary>
    public PoolOptions Api { get; } = new()
    {
        MaxSize = 30,
        MinIdle = PoolGrowth.Small,
        StatementTimeout = TimeSpan.FromSeconds(10),
        LockTimeout = TimeSpan.FromSeconds(2),
        LeakThreshold = TimeSpan.FromMinutes(1),
    };

    /// <summary>The pool for reports and refreshes.</summary>
    public PoolOptions Report { get; } = new()
    {
        MinIdle = PoolGrowth.Small,
        StatementTimeout = TimeSpan.FromMinutes(10),
        LockTimeout = TimeSpan.FromSeconds(5),
        LeakThreshold = TimeSpan.FromMinutes(20),
    };

    /// <summary>How reads find a replica, where there are several servers.</summary>
    public RoutingOptions Routing { get; } = new();

    /// <summary>Whether a connection pooler stands between this host and the servers.</summary>
    /// <value>The default is <see cref="PoolerMode.None"/>.</value>
    public PoolerMode Pooler { get; set; }

    /// <summary>How many hosts with these settings use the database. At the start, their pools together are checked against what the servers allow.</summary>
    /// <value>The default is 1; from 0, which means that nothing is checked, to 1,000.</value>
    [Range(0, 1000)]
    public int HostCount { get; set; } = 1;

    /// <summary>When the report views are refreshed.</summary>
    public ViewOptions Views { get; } = new();

    /// <summary>The watch of the database, and the figures of each hour.</summary>
    public WatchOptions Watch { get; } = new();

    /// <summary>The connection string of what is done once, on the primary and outside of the pools.</summary>
    internal string PrimaryConnectionString(string applicationName)
    {
        var settings = new NpgsqlConnectionStringBuilder(ConnectionString) { ApplicationName = applicationName, Pooling = false };
        if (ConnectionHosts.Of(ConnectionString).Count > 1) settings.TargetSessionAttributes = "primary";
        return settings.ConnectionString;
    }

    internal PoolOptions PoolOf(DataSourceRole role) => role switch
    {
        DataSourceRole.Api => Api,
        DataSourceRole.Report => Report,
        _ => Ingestion,
    };
}
