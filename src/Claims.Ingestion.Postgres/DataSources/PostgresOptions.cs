using System.ComponentModel.DataAnnotations;
using Claims.Ingestion.Postgres.Views;

namespace Claims.Ingestion.Postgres.DataSources;

/// <summary>The PostgreSQL store.</summary>
public sealed class PostgresOptions
{
    /// <summary>How to reach the server: an Npgsql connection string. Required.</summary>
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
        StatementTimeout = TimeSpan.FromSeconds(10),
        LockTimeout = TimeSpan.FromSeconds(2),
    };

    /// <summary>The pool for reports and refreshes.</summary>
    public PoolOptions Report { get; } = new()
    {
        StatementTimeout = TimeSpan.FromMinutes(10),
        LockTimeout = TimeSpan.FromSeconds(5),
    };

    /// <summary>When the report views are refreshed.</summary>
    public ViewOptions Views { get; } = new();

    internal PoolOptions PoolOf(DataSourceRole role) => role switch
    {
        DataSourceRole.Api => Api,
        DataSourceRole.Report => Report,
        _ => Ingestion,
    };
}
