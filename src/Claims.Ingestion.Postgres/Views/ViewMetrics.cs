using System.Diagnostics.Metrics;
using Claims.Ingestion.Diagnostics;
using Claims.Ingestion.Postgres.DataSources;

namespace Claims.Ingestion.Postgres.Views;

/// <summary>What is measured of views and summaries.</summary>
internal sealed class ViewMetrics
{
    private const string ViewTag = "claims.view";
    private const string SummaryTag = "claims.summary";

    private readonly Counter<long> _decisions;
    private readonly Histogram<double> _refreshes;
    private readonly Histogram<double> _lag;
    private readonly Counter<long> _keys;
    private readonly Counter<long> _drifted;

    public ViewMetrics(IMeterFactory meters)
    {
        Meter meter = meters.Create(DataSourceMetrics.MeterName);
        _decisions = meter.CreateCounter<long>("claims.view.decisions", "{decision}", "Decisions on materialized views: refreshed, skipped, deferred, failed.");
        _refreshes = meter.CreateHistogram<double>("claims.view.refresh.duration", "s", "How long the refresh of a materialized view took.", null, Buckets.Seconds);
        _lag = meter.CreateHistogram<double>("claims.summary.lag", "s", "How old the oldest change was when a summary showed it.", null, Buckets.Seconds);
        _keys = meter.CreateCounter<long>("claims.summary.keys", "{key}", "Keys of a summary that were computed again, because they changed or in a pass over all.");
        _drifted = meter.CreateCounter<long>("claims.summary.drifted", "{row}", "Rows of a summary and of its roll-ups that were wrong without a reason; they are right again.");
    }

    public void Decided(string view, string decision) => _decisions.Add(1, new(ViewTag, view), new("claims.decision", decision));

    public void Refreshed(string view, TimeSpan took)
    {
        Decided(view, "refreshed");
        _refreshes.Record(took.TotalSeconds, new KeyValuePair<string, object?>(ViewTag, view));
    }

    public void Stepped(string summary, long changed, long passed, long drifted, TimeSpan? lag)
    {
        KeyValuePair<string, object?> tag = new(SummaryTag, summary);
        if (changed > 0) _keys.Add(changed, tag, new("claims.reason", "changed"));
        if (passed > 0) _keys.Add(passed, tag, new("claims.reason", "pass"));
        if (drifted > 0) _drifted.Add(drifted, tag);
        if (lag is { } time) _lag.Record(time.TotalSeconds, tag);
    }
}
