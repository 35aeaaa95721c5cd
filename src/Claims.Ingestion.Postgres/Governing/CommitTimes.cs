using Claims.Ingestion.Governing;

namespace Claims.Ingestion.Postgres.Governing;

/// <summary>What the commits of the ingestion take: they wait for the disk of the write-ahead log, and for replicas where the server is told so, like everybody's.</summary>
internal sealed class CommitTimes(TimeProvider time) : IGovernorSource
{
    private readonly LatencyWindow _commits = new(time);

    /// <summary>Commits, and takes the time.</summary>
    public async Task MeasureAsync(Func<Task> commit)
    {
        long start = time.GetTimestamp();
        await commit();
        _commits.Add(time.GetElapsedTime(start).TotalSeconds);
    }

    public GovernorSignals Add(GovernorSignals signals) => _commits.Quantile() is { } commit ? signals with { CommitLatency = commit.Latency } : signals;
}
