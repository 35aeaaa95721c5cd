namespace Claims.Ingestion.Diagnostics;

/// <summary>Figures of past hours, over all hosts. A store that keeps them gives it.</summary>
internal interface IHourDesk
{
    /// <summary>Reads the hours of a time, the oldest first; those in which no host ran are not there.</summary>
    Task<IReadOnlyList<HourFigures>> ReadAsync(DateTimeOffset from, DateTimeOffset to, CancellationToken cancellationToken);
}

/// <summary>What happened in an hour.</summary>
/// <param name="Hour">Its start.</param>
/// <param name="Claims">Claims that were stored.</param>
/// <param name="Files">Files that were stored, quarantined or skipped.</param>
/// <param name="Quarantined">Files of them that were quarantined.</param>
/// <param name="FailedPolls">Polls that did not succeed.</param>
/// <param name="UserLatency">What the slowest twentieth of the users' queries took at least, as the worst of the samples; <see langword="null"/> when too few asked.</param>
/// <param name="LeastShare">The least share that the governor left to ingestion.</param>
/// <param name="Staleness">The longest that a report was behind.</param>
internal sealed record HourFigures(DateTimeOffset Hour, long Claims, long Files, long Quarantined, long FailedPolls, TimeSpan? UserLatency, double LeastShare, TimeSpan Staleness);
