namespace Claims.Ingestion.Postgres.Diagnostics;

/// <summary>What this host counted in one hour.</summary>
internal sealed class HourTally
{
    public long Claims { get; set; }

    public long Files { get; set; }

    public long Quarantined { get; set; }

    public long FailedPolls { get; set; }

    /// <summary>The worst that its users met; <see langword="null"/> when too few asked.</summary>
    public TimeSpan? UserLatency { get; set; }

    /// <summary>The least share of its full speed that ingestion had.</summary>
    public double LeastShare { get; set; } = 1;

    /// <summary>The longest that a report was behind.</summary>
    public TimeSpan Staleness { get; set; }
}
