using System.ComponentModel.DataAnnotations;

namespace Claims.Ingestion.Postgres.Views;

/// <summary>When the report views are refreshed. Another <see cref="Ingestion.Views.IRefreshPolicy"/> in the services takes the place of these rules.</summary>
public sealed class ViewOptions
{
    /// <summary>Whether this host refreshes the views.</summary>
    /// <value>The default is <see langword="true"/>.</value>
    public bool Enabled { get; set; } = true;

    /// <summary>How often each view is considered. The views are spread over this time.</summary>
    /// <value>The default is 6 seconds; from 100 milliseconds to 1 day.</value>
    [Range(typeof(TimeSpan), "00:00:00.1", "1.00:00:00")]
    public TimeSpan CheckInterval { get; set; } = TimeSpan.FromSeconds(6);

    /// <summary>A view is refreshed when at least this many claims were stored since its last refresh.</summary>
    /// <value>The default is 5,000; from 1 to 1,000,000,000.</value>
    [Range(1, 1_000_000_000)]
    public int ChangedRows { get; set; } = 5000;

    /// <summary>A view is refreshed when a stored claim has waited this long to be shown.</summary>
    /// <value>The default is 20 seconds; from 0 to 30 days.</value>
    [Range(typeof(TimeSpan), "00:00:00", "30.00:00:00")]
    public TimeSpan MaxStaleness { get; set; } = TimeSpan.FromSeconds(20);
}
