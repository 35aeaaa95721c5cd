using System.ComponentModel.DataAnnotations;

namespace Claims.Ingestion.Postgres.Summaries;

/// <summary>How summaries are kept up to date.</summary>
public sealed class SummaryOptions
{
    /// <summary>How often it is looked whether something changed.</summary>
    /// <value>The default is 500 milliseconds; from 50 milliseconds to 1 hour.</value>
    [Range(typeof(TimeSpan), "00:00:00.05", "01:00:00")]
    public TimeSpan Interval { get; set; } = TimeSpan.FromMilliseconds(500);

    /// <summary>Changed claims that one transaction takes. A file is not divided, so a large one may be more.</summary>
    /// <value>The default is 5,000; from 1 to 1,000,000.</value>
    [Range(1, 1_000_000)]
    public int BatchClaims { get; set; } = 5000;

    /// <summary>The share of the time that filling a new summary may take, beside what changes meanwhile.</summary>
    /// <value>The default is 0.5; from 0.001 to 1.</value>
    [Range(0.001, 1)]
    public double BackfillShare { get; set; } = 0.5;

    /// <summary>The time in which the audit compares every key with the full query.</summary>
    /// <value>The default is 4 minutes; from 1 second to 30 days. It takes longer where that would take more than <see cref="AuditShare"/>.</value>
    [Range(typeof(TimeSpan), "00:00:01", "30.00:00:00")]
    public TimeSpan AuditPass { get; set; } = TimeSpan.FromMinutes(4);

    /// <summary>The share of the time that the audit may take.</summary>
    /// <value>The default is 0.05; from 0, which means no audit, to 1.</value>
    [Range(0.0, 1)]
    public double AuditShare { get; set; } = 0.05;
}
