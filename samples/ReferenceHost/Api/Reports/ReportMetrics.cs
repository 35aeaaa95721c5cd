using System.Diagnostics.Metrics;

namespace ReferenceHost.Api.Reports;

/// <summary>What the reports ask the database: fewer pages than states means that the cache answered the rest.</summary>
internal sealed class ReportMetrics(IMeterFactory meters)
{
    public const string MeterName = "ReferenceHost.Reports";

    public const string Queries = "claims.report.queries";

    private readonly Counter<long> _queries = meters.Create(MeterName).CreateCounter<long>(Queries, "{query}", "Queries that a report asked: state, page, totals or export.");

    public void Asked(Report report, string what) => _queries.Add(1, new("claims.report", report.Name), new("claims.query", what));
}
