using Claims.Ingestion.Diagnostics;

namespace Claims.Ingestion.Postgres.Diagnostics;

/// <summary>What one look at the database saw: the reading that operators get, and what only metrics and health checks use.</summary>
/// <param name="Reading">The reading.</param>
/// <param name="Waiting">How many sessions wait for a lock; the reading names the first of them.</param>
/// <param name="Reports">How fresh the reports are; empty when that could not be read.</param>
/// <param name="Quarantined">How many files of the ledger are quarantined; <see langword="null"/> when that could not be counted.</param>
/// <param name="WalBytes">The bytes of write-ahead log since the first look; <see langword="null"/> when the server does not tell.</param>
/// <param name="TakenAt">When, as a timestamp of the clock.</param>
internal sealed record DatabaseLook(DatabaseWatchReading Reading, int Waiting, IReadOnlyList<ReportFreshness> Reports, long? Quarantined, long? WalBytes, long TakenAt)
{
    public TimeSpan LongestWait => Reading.Blocked.Count == 0 ? TimeSpan.Zero : Reading.Blocked.Max(session => session.Waiting);

    /// <summary>The longest that a report is behind.</summary>
    public TimeSpan Staleness => Reports.Count == 0 ? TimeSpan.Zero : Reports.Max(report => report.Staleness);
}

/// <summary>How fresh a report is.</summary>
/// <param name="Name">Its name.</param>
/// <param name="Staleness">How long ago the oldest change was that it does not show; zero when it shows all.</param>
/// <param name="WaitingClaims">How many stored claims it does not show yet.</param>
internal sealed record ReportFreshness(string Name, TimeSpan Staleness, long WaitingClaims);
