using Claims.Ingestion.Postgres.DataSources;
using Microsoft.Extensions.Caching.Hybrid;

namespace ReferenceHost.Api.Reports;

/// <summary>
/// Answers from the cache where it holds the rows of the very version that a server has now, and from that server where it does not. Each question reads the version first, from a server that shows what
/// the caller has to see; so a refresh, or a caller's own write, makes the cached rows of older versions unreachable.
/// </summary>
internal sealed class ReportSource([FromKeyedServices(DataSourceRole.Report)] RoleDataSource database, HybridCache cache, ReportMetrics metrics)
{
    /// <summary>Changed with the shape of what is cached.</summary>
    private const string Prefix = "report-1";

    private static readonly HybridCacheEntryOptions Entry = new() { Expiration = TimeSpan.FromMinutes(1), LocalCacheExpiration = TimeSpan.FromMinutes(1) };

    /// <summary>Takes a snapshot that shows what the current request has to see.</summary>
    public Task<ReportSnapshot<TRow, TTotals>> SnapshotAsync<TRow, TTotals>(Report<TRow, TTotals> report, CancellationToken cancellationToken)
        where TRow : class
        where TTotals : class =>
        SnapshotAsync(report, ConsistencyScope.Current?.Token, cancellationToken);

    public async Task<ReportState> StateAsync<TRow, TTotals>(Report<TRow, TTotals> report, CancellationToken cancellationToken)
        where TRow : class
        where TTotals : class
    {
        await using ReportSnapshot<TRow, TTotals> snapshot = await SnapshotAsync(report, cancellationToken);
        return snapshot.State;
    }

    /// <summary>The page, and the sums if they are asked for, of the version that the state names; or, together with it, of another one that took its place in between.</summary>
    public async Task<(ReportState State, ReportPage<TRow> Page, TTotals? Totals)> ReadAsync<TRow, TTotals>(
        Report<TRow, TTotals> report, ReportState state, ReportQuery query, CancellationToken cancellationToken)
        where TRow : class
        where TTotals : class
    {
        string stamp = ReportTag.Stamp(report, state);
        string pageKey = Key(report, stamp, "page", query.Page);
        string totalsKey = Key(report, stamp, "totals", query.Filters);

        // The one who asks the database for all that wait may not be in their scope.
        ConsistencyToken? token = ConsistencyScope.Current?.Token;
        ReportPage<TRow> page = await cache.GetOrCreateAsync(
            pageKey,
            async stop =>
            {
                await using ReportSnapshot<TRow, TTotals> snapshot = await SnapshotAsync(report, token, stop);
                return await snapshot.PageAsync(query, stop);
            },
            Entry,
            cancellationToken: cancellationToken);
        ReportTotals<TTotals>? totals = !query.Totals ? null : await cache.GetOrCreateAsync(
            totalsKey,
            async stop =>
            {
                await using ReportSnapshot<TRow, TTotals> snapshot = await SnapshotAsync(report, token, stop);
                return await snapshot.TotalsAsync(query, stop);
            },
            Entry,
            cancellationToken: cancellationToken);
        if (page.Stamp == stamp && (totals is null || totals.Stamp == stamp)) return (state, page, totals?.Totals);

        // The server that was asked for the rows had another version, which must not stay under this key.
        if (page.Stamp != stamp) await cache.RemoveAsync(pageKey, cancellationToken);
        if (totals is not null && totals.Stamp != stamp) await cache.RemoveAsync(totalsKey, cancellationToken);
        return await ReadPastCacheAsync(report, query, cancellationToken);
    }

    /// <summary>The state, the page and the sums of one snapshot; the cache neither gives nor gets anything.</summary>
    public async Task<(ReportState State, ReportPage<TRow> Page, TTotals? Totals)> ReadPastCacheAsync<TRow, TTotals>(
        Report<TRow, TTotals> report, ReportQuery query, CancellationToken cancellationToken)
        where TRow : class
        where TTotals : class
    {
        await using ReportSnapshot<TRow, TTotals> snapshot = await SnapshotAsync(report, cancellationToken);
        ReportPage<TRow> page = await snapshot.PageAsync(query, cancellationToken);
        return (snapshot.State, page, query.Totals ? (await snapshot.TotalsAsync(query, cancellationToken)).Totals : null);
    }

    private static string Key(Report report, string stamp, string what, string query) => $"{Prefix}:{report.Name}:{stamp}:{what}:{Digest.Of(query)}";

    private async Task<ReportSnapshot<TRow, TTotals>> SnapshotAsync<TRow, TTotals>(Report<TRow, TTotals> report, ConsistencyToken? token, CancellationToken cancellationToken)
        where TRow : class
        where TTotals : class =>
        await ReportSnapshot<TRow, TTotals>.TakeAsync(report, await database.OpenReadAsync(token, cancellationToken), metrics, cancellationToken);
}
