using Claims.Ingestion.Postgres.Views;
using Claims.Measuring;

namespace Claims.LoadTests.Views;

/// <summary>Refreshes what keeps a report as a materialized view, with the settings that the library makes for it.</summary>
internal static class ConcurrentRefresh
{
    /// <summary>Fills the view, while nobody reads it.</summary>
    public static Task FillAsync(BenchmarkDatabase database, string report, CancellationToken cancellationToken) => RunAsync(database, "", report, cancellationToken);

    /// <summary>Refreshes it beside its readers.</summary>
    public static Task RefreshAsync(BenchmarkDatabase database, string report, CancellationToken cancellationToken) => RunAsync(database, "CONCURRENTLY ", report, cancellationToken);

    private static Task RunAsync(BenchmarkDatabase database, string how, string report, CancellationToken cancellationToken) => database.ExecuteAsync(
        $"BEGIN; SET LOCAL enable_nestloop = off; SET LOCAL jit = off; REFRESH MATERIALIZED VIEW {how}{MaterializedView.RelationOf(report)}; COMMIT", cancellationToken);
}
