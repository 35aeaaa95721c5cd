namespace Claims.Ingestion.Postgres.Views;

/// <summary>How fresh a report is.</summary>
/// <param name="Name">Its name.</param>
/// <param name="Mode">How it is kept.</param>
/// <param name="Version">Changes whenever its rows may have changed.</param>
/// <param name="RefreshedAt">When it was brought up to date; <see langword="null"/> when it never was.</param>
/// <param name="AsOf">Everything that was committed before this time is shown.</param>
/// <param name="LedgerPosition">The number of the newest file of the ledger up to which everything is shown.</param>
/// <param name="WaitingClaims">How many stored claims are not shown yet.</param>
public sealed record ReportStatus(
    string Name, ReportMode Mode, string Version, DateTimeOffset? RefreshedAt, DateTimeOffset AsOf, long LedgerPosition, long WaitingClaims);
