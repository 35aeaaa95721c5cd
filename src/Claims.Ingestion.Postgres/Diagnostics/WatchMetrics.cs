using System.Diagnostics.Metrics;
using Claims.Ingestion.Diagnostics;
using Claims.Ingestion.Postgres.DataSources;

namespace Claims.Ingestion.Postgres.Diagnostics;

/// <summary>What the watch of the database shows. While it sees nothing, the last values stay: their age is a metric too.</summary>
internal sealed class WatchMetrics
{
    private const string TableTag = "claims.table";
    private const string ViewTag = "claims.view";

    private DatabaseWatch? _watch;

    public WatchMetrics(IMeterFactory meters)
    {
        Meter meter = meters.Create(DataSourceMetrics.MeterName);
        meter.CreateObservableGauge("claims.database.lock.waiting", () => Of<int>(look => look.Waiting), "{session}", "Sessions that wait for a lock.");
        meter.CreateObservableGauge("claims.database.lock.wait.max", () => Of<double>(look => look.LongestWait.TotalSeconds), "s", "How long the session waits that has waited longest for a lock.");
        meter.CreateObservableCounter("claims.database.deadlocks", () => Of<long>(look => look.Reading.Deadlocks), "{deadlock}", "Deadlocks since the statistics of the database began.");
        meter.CreateObservableGauge("claims.database.cache.hit", () => Of<double>(look => look.Reading.CacheHitShare), "1", "The part of the blocks read between the last two looks that were in the server's memory.");
        meter.CreateObservableCounter("claims.database.wal", () => Of<long>(look => look.WalBytes), "By", "Bytes of write-ahead log since the watch began.");
        meter.CreateObservableGauge("claims.database.size", () => Of<long>(look => look.Reading.DatabaseBytes), "By", "The size of the database.");
        meter.CreateObservableGauge("claims.database.dead_rows", () => OfEachTable(table => table.DeadRows), "{row}", "Rows of the largest tables that wait for a vacuum.");
        meter.CreateObservableGauge("claims.database.index.size", () => OfEachTable(table => table.IndexBytes), "By", "The size of the indexes of the largest tables.");
        meter.CreateObservableGauge("claims.database.index.spare", () => OfEachTable(table => table.SpareIndexBytes), "By", "What of the indexes of the largest tables their entries do not need, as the statistics estimate.");
        meter.CreateObservableGauge("claims.ledger.quarantined", () => Of<long>(look => look.Quarantined), "{file}", "Files of the ledger that are quarantined.");
        meter.CreateObservableGauge(
            "claims.view.staleness",
            () => OfEach(look => look.Reports.Select(report => new Measurement<double>(report.Staleness.TotalSeconds, new KeyValuePair<string, object?>(ViewTag, report.Name)))),
            "s",
            "How long ago the oldest change was that a report does not show.");
        meter.CreateObservableGauge(
            "claims.view.waiting_claims",
            () => OfEach(look => look.Reports.Select(report => new Measurement<long>(report.WaitingClaims, new KeyValuePair<string, object?>(ViewTag, report.Name)))),
            "{claim}",
            "Stored claims that a report does not show yet.");
        meter.CreateObservableGauge("claims.database.watch.age", Age, "s", "How old the last look at the database is.");
    }

    public void Observe(DatabaseWatch watch) => _watch = watch;

    private IEnumerable<Measurement<double>> Age() => _watch?.Age is { } age ? [new(age.TotalSeconds)] : [];

    private IEnumerable<Measurement<T>> Of<T>(Func<DatabaseLook, T?> value)
        where T : struct => _watch?.Last is { } look && value(look) is { } known ? [new(known)] : [];

    private IEnumerable<Measurement<long>> OfEachTable(Func<TableOverview, long> value) =>
        OfEach(look => look.Reading.Tables.Select(table => new Measurement<long>(value(table), new KeyValuePair<string, object?>(TableTag, table.Name))));

    private IEnumerable<Measurement<T>> OfEach<T>(Func<DatabaseLook, IEnumerable<Measurement<T>>> values)
        where T : struct => _watch?.Last is { } look ? values(look) : [];
}
