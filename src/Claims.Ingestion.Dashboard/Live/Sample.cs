namespace Claims.Ingestion.Dashboard.Live;

/// <summary>What was known at one second.</summary>
/// <param name="At">When.</param>
/// <param name="ClaimsPerMinute">Claims stored, at the speed of the last ten seconds.</param>
/// <param name="UserLatency">What the users' slow queries take, in milliseconds; <see langword="null"/> when too few ask.</param>
/// <param name="Baseline">The same in quiet.</param>
/// <param name="Share">The part of its full speed that ingestion has.</param>
/// <param name="Files">Files in flight.</param>
/// <param name="Bytes">Their bytes.</param>
internal readonly record struct Sample(DateTimeOffset At, double ClaimsPerMinute, double? UserLatency, double? Baseline, double Share, int Files, long Bytes);
