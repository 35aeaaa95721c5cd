namespace Claims.Ingestion.Governing;

/// <summary>What the governor decided.</summary>
/// <param name="At">When.</param>
/// <param name="Share">The part of its full speed that ingestion has, from 0 to 1.</param>
/// <param name="Signal">The signal that binds: <c>latency</c>, <c>pool</c>, <c>locks</c>, <c>replica</c>, <c>commit</c>, <c>processor</c>, <c>other hosts</c>, <c>deadline</c>, <c>dead</c>, or <c>none</c>.</param>
/// <param name="Reason">Why, in words for operators.</param>
/// <param name="UserLatency">What the slowest twentieth of the users' queries took at least; <see langword="null"/> when there were too few to tell.</param>
/// <param name="Baseline">The same in quiet; <see langword="null"/> when it is not known yet.</param>
public sealed record GovernorStatus(DateTimeOffset At, double Share, string Signal, string Reason, TimeSpan? UserLatency, TimeSpan? Baseline);
