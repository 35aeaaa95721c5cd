using System.ComponentModel.DataAnnotations;

namespace Claims.Ingestion.Views;

/// <summary>When a view is refreshed. What is left out of one view's rules is taken from the rules for all.</summary>
/// <remarks>
/// <see cref="ChangedRows"/>, <see cref="ChangedShare"/> and <see cref="MaxStaleness"/> each give a reason to refresh; <see cref="MinInterval"/>, <see cref="Stagger"/>, <see cref="QuietHours"/>,
/// <see cref="YieldWhenBusy"/> and <see cref="MaxCost"/> each put it off; <see cref="CriticalStaleness"/> goes before them all.
/// </remarks>
public class RefreshRules
{
    /// <summary>Refresh when at least this many rows changed.</summary>
    /// <value>5,000 for all views; from 1 to 1,000,000,000.</value>
    [Range(1, 1_000_000_000)]
    public int? ChangedRows { get; set; }

    /// <summary>Refresh when at least this share of the view's rows changed.</summary>
    /// <value>Not used unless set; from 0.000001 to 1.</value>
    [Range(0.000001, 1)]
    public double? ChangedShare { get; set; }

    /// <summary>Refresh when a change has waited this long to be shown.</summary>
    /// <value>20 seconds for all views; from 0 to 30 days.</value>
    [Range(typeof(TimeSpan), "00:00:00", "30.00:00:00")]
    public TimeSpan? MaxStaleness { get; set; }

    /// <summary>Refresh when a change has waited this long, whatever puts it off.</summary>
    /// <value>5 minutes for all views; from 0 to 30 days.</value>
    [Range(typeof(TimeSpan), "00:00:00", "30.00:00:00")]
    public TimeSpan? CriticalStaleness { get; set; }

    /// <summary>The least time from the begin of one refresh to the next.</summary>
    /// <value>Not used unless set; from 0 to 30 days.</value>
    [Range(typeof(TimeSpan), "00:00:00", "30.00:00:00")]
    public TimeSpan? MinInterval { get; set; }

    /// <summary>The least time after the refresh of another view.</summary>
    /// <value>Not used unless set; from 0 to 1 day.</value>
    [Range(typeof(TimeSpan), "00:00:00", "1.00:00:00")]
    public TimeSpan? Stagger { get; set; }

    /// <summary>When views are not refreshed.</summary>
    /// <value>None unless set.</value>
    public IList<QuietHours> QuietHours { get; } = [];

    /// <summary>The time zone of <see cref="QuietHours"/>, by its IANA name, for example <c>Asia/Dubai</c>.</summary>
    /// <value><c>UTC</c> for all views.</value>
    public string? TimeZone { get; set; }

    /// <summary>Whether a refresh waits while ingestion or the users are busy.</summary>
    /// <value><see langword="true"/> for all views.</value>
    public bool? YieldWhenBusy { get; set; }

    /// <summary>The share of the time that refreshing the view may take: one that takes 10 s is refreshed at most every 20 s at 0.5.</summary>
    /// <value>0.5 for all views; from 0.001 to 1.</value>
    [Range(0.001, 1)]
    public double? MaxCost { get; set; }

    /// <summary>The policy that these rules are, with what they leave out taken from others.</summary>
    /// <exception cref="TimeZoneNotFoundException">There is no such time zone.</exception>
    internal IRefreshPolicy ToPolicy(RefreshRules defaults)
    {
        var policies = new List<IRefreshPolicy> { RefreshPolicy.NeverRefreshed(), RefreshPolicy.DayTurned() };
        if ((ChangedRows ?? defaults.ChangedRows) is { } rows) policies.Add(RefreshPolicy.ChangedRows(rows));
        if ((ChangedShare ?? defaults.ChangedShare) is { } share) policies.Add(RefreshPolicy.ChangedShare(share));
        if ((MaxStaleness ?? defaults.MaxStaleness) is { } stale) policies.Add(RefreshPolicy.MaxStaleness(stale));
        if ((CriticalStaleness ?? defaults.CriticalStaleness) is { } critical) policies.Add(RefreshPolicy.CriticalStaleness(critical));
        if ((MinInterval ?? defaults.MinInterval) is { } interval) policies.Add(RefreshPolicy.MinInterval(interval));
        if ((Stagger ?? defaults.Stagger) is { } stagger) policies.Add(RefreshPolicy.Stagger(stagger));
        if (YieldWhenBusy ?? defaults.YieldWhenBusy ?? false) policies.Add(RefreshPolicy.YieldWhenBusy());
        if ((MaxCost ?? defaults.MaxCost) is { } cost) policies.Add(RefreshPolicy.MaxCost(cost));
        IList<QuietHours> quiet = QuietHours.Count > 0 ? QuietHours : defaults.QuietHours;
        if (quiet.Count > 0) policies.Add(RefreshPolicy.Quiet(TimeZoneInfo.FindSystemTimeZoneById(TimeZone ?? defaults.TimeZone ?? "UTC"), [.. quiet]));
        return RefreshPolicy.Combine([.. policies]);
    }
}
