namespace Claims.Ingestion.Diagnostics;

/// <summary>What operators ask of the reports and of materialized views.</summary>
internal interface IViewDesk
{
    /// <summary>Reads how fresh each view is and what was decided on it last.</summary>
    Task<IReadOnlyList<ViewOverview>> ReadAsync(CancellationToken cancellationToken);

    /// <summary>Brings one up to date now, without blocking its readers.</summary>
    /// <exception cref="ArgumentException">There is no such view; thrown at once, before anything is begun.</exception>
    Task RefreshAsync(string name, string reason, CancellationToken cancellationToken);
}

/// <summary>A view and the last decisions on it.</summary>
/// <param name="Name">Its name.</param>
/// <param name="Mode">How it is kept: incremental or materialized.</param>
/// <param name="RefreshedAt">When it was brought up to date; <see langword="null"/> when it never was.</param>
/// <param name="Staleness">How long ago the oldest change was that it does not show; zero when it shows all.</param>
/// <param name="WaitingClaims">How many stored claims it does not show yet.</param>
/// <param name="Decisions">The last decisions, the newest first.</param>
internal sealed record ViewOverview(string Name, string Mode, DateTimeOffset? RefreshedAt, TimeSpan Staleness, long WaitingClaims, IReadOnlyList<ViewDecisionEntry> Decisions);

/// <summary>A decision to refresh a view or not, with its reason.</summary>
internal sealed record ViewDecisionEntry(DateTimeOffset At, string Decision, string Reason, long ChangedRows, TimeSpan? Duration, int Times);
