using Claims.Ingestion.Postgres.DataSources;
using Microsoft.AspNetCore.Http.Headers;
using Microsoft.Net.Http.Headers;

namespace ReferenceHost.Api.Reports;

internal static class ReportEndpoints
{
    private static readonly string[] Head = [HttpMethods.Head];

    public static void MapReports(this WebApplication app)
    {
        app.MapReport(ReportCatalog.BalanceAmount);
        app.MapReport(ReportCatalog.RemittanceAdvice);
        app.MapReport(ReportCatalog.Payerwise);
    }

    /// <summary>Says in the headers which answer it is and how fresh.</summary>
    /// <returns>The tag of the answer.</returns>
    internal static EntityTagHeaderValue SetHeaders(HttpContext context, Report report, ReportState state, ReportQuery query, string format)
    {
        EntityTagHeaderValue tag = ReportTag.Of(report, state, query, format);
        ResponseHeaders headers = context.Response.GetTypedHeaders();
        headers.ETag = tag;
        headers.CacheControl = new CacheControlHeaderValue { Private = true, NoCache = true, NoStore = MustNotStore(context.Request) };
        state.WriteTo(context.Response.Headers);
        return tag;
    }

    private static void MapReport<TRow, TTotals>(this WebApplication app, Report<TRow, TTotals> report)
        where TRow : class
        where TTotals : class
    {
        Delegate page = (HttpContext context, ReportSource source) => GetAsync(context, report, source);
        Delegate export = (HttpContext context, ReportSource source, ILogger<CsvExport> logger) => CsvExport.GetAsync(context, report, source, logger);
        app.MapGet($"/api/reports/{report.Name}", page).WithTags("Reports").DescribePage(report);
        app.MapGet($"/api/reports/{report.Name}.csv", export).RequireRateLimiting(ExportLimit.Policy).WithTags("Reports").DescribeExport(report);

        // An operation has one method, and its description goes with GET.
        app.MapMethods($"/api/reports/{report.Name}", Head, page).ExcludeFromDescription();
        app.MapMethods($"/api/reports/{report.Name}.csv", Head, export).ExcludeFromDescription();
    }

    private static async Task<IResult> GetAsync<TRow, TTotals>(
        HttpContext context, Report<TRow, TTotals> report, ReportSource source)
        where TRow : class
        where TTotals : class
    {
        if (!ReportQuery.TryReadPage(context.Request.Query, report, out ReportQuery? query, out BadParameter? bad)) return Problems.Bad(bad.Name, bad.Reason);
        CancellationToken gone = context.RequestAborted;
        bool isHead = HttpMethods.IsHead(context.Request.Method);
        ReportState? now = null;
        if (isHead || MustAsk(context.Request))
        {
            now = await source.StateAsync(report, gone);
            if (ReportTag.IsKnown(context.Request, SetHeaders(context, report, now, query, "json"))) return TypedResults.StatusCode(StatusCodes.Status304NotModified);
            if (isHead) return TypedResults.Empty;
        }

        (ReportState state, ReportPage page, TTotals? totals) = MustNotStore(context.Request) ? await source.ReadPastCacheAsync(report, query, gone) : await source.ReadAsync(report, now, query, gone);
        if (state != now) SetHeaders(context, report, state, query, "json");
        return new PageResult<TTotals>(page, totals, state);
    }

    /// <summary>Whether the caller has to be told what a server has now: they have rows that may be of it, have to see what they wrote, or say so.</summary>
    private static bool MustAsk(HttpRequest request)
    {
        RequestHeaders headers = request.GetTypedHeaders();
        return headers.IfNoneMatch.Count > 0 || ConsistencyScope.Current?.Token is not null || headers.CacheControl is { NoCache: true } or { MaxAge.Ticks: 0 };
    }

    private static bool MustNotStore(HttpRequest request) => request.GetTypedHeaders().CacheControl?.NoStore == true;
}
