using System.ComponentModel.DataAnnotations;
using Claims.Ingestion.Postgres.Summaries;
using Claims.Ingestion.Views;

namespace Claims.Ingestion.Postgres.Views;

/// <summary>How the reports are kept, and when materialized views are refreshed. Another <see cref="IRefreshPolicy"/> in the services takes the place of the rules.</summary>
public sealed class ViewOptions : RefreshRules
{
    /// <summary>Creates the options with their defaults.</summary>
    public ViewOptions()
    {
        ChangedRows = 5000;
        MaxStaleness = TimeSpan.FromSeconds(20);
        CriticalStaleness = TimeSpan.FromMinutes(5);
        TimeZone = "UTC";
        YieldWhenBusy = true;
        MaxCost = 0.5;
    }

    /// <summary>Whether this host refreshes views and summaries.</summary>
    /// <value>The default is <see langword="true"/>.</value>
    public bool Enabled { get; set; } = true;

    /// <summary>How the three reports are kept. All hosts of a database must say the same.</summary>
    /// <value>The default is <see cref="ReportMode.Incremental"/>.</value>
    public ReportMode Mode { get; set; } = ReportMode.Incremental;

    /// <summary>How often each materialized view is considered. The views are spread over this time.</summary>
    /// <value>The default is 6 seconds; from 100 milliseconds to 1 day.</value>
    [Range(typeof(TimeSpan), "00:00:00.1", "1.00:00:00")]
    public TimeSpan CheckInterval { get; set; } = TimeSpan.FromSeconds(6);

    /// <summary>What holds for single views, by their names: for the reports another mode or other rules; any other name, such as <c>reporting.mv_doctors</c>, is a materialized view of yours that is refreshed too.</summary>
    public IDictionary<string, ViewItemOptions> Items { get; } = new Dictionary<string, ViewItemOptions>(StringComparer.Ordinal);

    /// <summary>How the summaries are kept.</summary>
    public SummaryOptions Summaries { get; } = new();

    /// <summary>How a report is kept.</summary>
    internal ReportMode ModeOf(string report) => Items.TryGetValue(report, out ViewItemOptions? item) && item.Mode is { } mode ? mode : Mode;
}

/// <summary>What holds for a single view. Rules that are left out are those of all views.</summary>
public sealed class ViewItemOptions : RefreshRules
{
    /// <summary>How the report is kept; only for the three reports.</summary>
    /// <value>As all reports, unless set.</value>
    public ReportMode? Mode { get; set; }

    /// <summary>Tables whose changes count, such as <c>claims.claim</c>, where the catalog does not know them: it knows all that the view reads, except through functions.</summary>
    /// <value>Those that the catalog names, unless set.</value>
    public IList<string> Sources { get; } = [];

    /// <summary>The policy in place of the rules.</summary>
    public IRefreshPolicy? Policy { get; set; }
}

/// <summary>How a report is kept.</summary>
public enum ReportMode
{
    /// <summary>As a summary: only what changed is computed again, within a second or two.</summary>
    Incremental,

    /// <summary>As a materialized view: all of it is computed again, when the rules say so.</summary>
    Materialized,
}
