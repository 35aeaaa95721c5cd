using Claims.Ingestion.Dashboard.State;

namespace Claims.Ingestion.Dashboard.Live;

/// <summary>What the pages show, as of one second.</summary>
/// <param name="Facts">What is known.</param>
/// <param name="Findings">What is to be said of it, the worst first.</param>
/// <param name="Samples">The last minutes, the oldest first.</param>
internal sealed record DashboardSnapshot(StateFacts Facts, IReadOnlyList<Finding> Findings, IReadOnlyList<Sample> Samples);
