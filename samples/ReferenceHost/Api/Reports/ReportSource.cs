using System.Text.Json;
using Claims.Ingestion.Postgres.DataSources;
using Microsoft.AspNetCore.Http.Json;
using Microsoft.Extensions.Caching.Hybrid;
using Microsoft.Extensions.Options;

namespace ReferenceHost.Api.Reports;

/// <summary>
/// Answers from the cache where it holds the rows of the version that is to be shown: the one that a server had when the same page was asked for at most <see cref="ReportOptions.MaxAge"/> ago, or the one that a
/// server has now, which shows what the caller has to see.
/// </summary>
internal sealed class ReportSource(
    [FromKeyedServices(DataSourceRole.Report)] RoleDataSource database, HybridCache cache, ReportMetrics metrics, IOptions<JsonOptions> json, IOptions<ReportOptions> options, TimeProvider time)
{
    /// <summary>Changed with the shape of what is cached.</summary>
    private const string Prefix = "report-2";

    private static readonly HybridCacheEntryOptions Entry = new() { Expiration = TimeSpan.FromMinutes(1), LocalCacheExpiration = TimeSpan.FromMinutes(1) };
    private static readonly HybridCacheEntryOptions LookOnly = new() { Flags = HybridCacheEntryFlags.DisableUnderlyingData };

    private JsonSerializerOptions Json => json.Value.SerializerOptions;

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

    /// <summary>The page, and the sums if they are asked for, with the state that they are of.</summary>
    /// <param name="report">The report.</param>
    /// <param name="now">The state that a server has now, or <see langword="null"/> if that of a little while ago will do.</param>
    /// <param name="query">What is asked for.</param>
    /// <param name="cancellationToken">The token to cancel the reading.</param>
    public async Task<(ReportState State, ReportPage Page, TTotals? Totals)> ReadAsync<TRow, TTotals>(
        Report<TRow, TTotals> report, ReportState? now, ReportQuery query, CancellationToken cancellationToken)
        where TRow : class
        where TTotals : class
    {
        ReportSeen? seen = now is null ? await cache.GetOrCreateAsync(SeenKey(report, query), _ => default(ValueTask<ReportSeen?>), LookOnly, cancellationToken: cancellationToken) : null;
        bool isYoung = seen is not null && time.GetUtcNow() - seen.At <= options.Value.MaxAge;
        ReportState state = isYoung ? seen!.State : now ?? await StateAsync(report, cancellationToken);
        string stamp = ReportTag.Stamp(report, state);

        // The one who asks the database for all that wait may not be in their scope.
        ConsistencyToken? token = ConsistencyScope.Current?.Token;
        ReportPage page = await cache.GetOrCreateAsync(
            PageKey(report, stamp, query),
            async stop =>
            {
                await using ReportSnapshot<TRow, TTotals> snapshot = await SnapshotAsync(report, token, stop);
                return await snapshot.PageAsync(query, Json, stop);
            },
            Entry,
            cancellationToken: cancellationToken);
        ReportTotals<TTotals>? totals = !query.Totals ? null : await cache.GetOrCreateAsync(
            TotalsKey(report, stamp, query),
            async stop =>
            {
                await using ReportSnapshot<TRow, TTotals> snapshot = await SnapshotAsync(report, token, stop);
                return await snapshot.TotalsAsync(query, stop);
            },
            Entry,
            cancellationToken: cancellationToken);
        if (page.Stamp == stamp && (totals is null || totals.Stamp == stamp))
        {
            if (!isYoung) await cache.SetAsync(SeenKey(report, query), new ReportSeen(state, time.GetUtcNow()), Entry, cancellationToken: cancellationToken);
            return (state, page, totals?.Totals);
        }

        // The server that was asked for the rows had another version, which must not stay under this key.
        if (page.Stamp != stamp) await cache.RemoveAsync(PageKey(report, stamp, query), cancellationToken);
        if (totals is not null && totals.Stamp != stamp) await cache.RemoveAsync(TotalsKey(report, stamp, query), cancellationToken);
        return await ReadAnewAsync(report, query, cancellationToken);
    }

    /// <summary>The state, the page and the sums of one snapshot; the cache neither gives nor gets anything.</summary>
    public async Task<(ReportState State, ReportPage Page, TTotals? Totals)> ReadPastCacheAsync<TRow, TTotals>(
        Report<TRow, TTotals> report, ReportQuery query, CancellationToken cancellationToken)
        where TRow : class
        where TTotals : class
    {
        await using ReportSnapshot<TRow, TTotals> snapshot = await SnapshotAsync(report, cancellationToken);
        ReportPage page = await snapshot.PageAsync(query, Json, cancellationToken);
        return (snapshot.State, page, query.Totals ? (await snapshot.TotalsAsync(query, cancellationToken)).Totals : null);
    }

    /// <summary>The state, the page and the sums of one snapshot, for whoever comes next as well.</summary>
    private async Task<(ReportState State, ReportPage Page, TTotals? Totals)> ReadAnewAsync<TRow, TTotals>(Report<TRow, TTotals> report, ReportQuery query, CancellationToken cancellationToken)
        where TRow : class
        where TTotals : class
    {
        (ReportState state, ReportPage page, TTotals? totals) = await ReadPastCacheAsync(report, query, cancellationToken);
        await cache.SetAsync(PageKey(report, page.Stamp, query), page, Entry, cancellationToken: cancellationToken);
        if (totals is not null) await cache.SetAsync(TotalsKey(report, page.Stamp, query), new ReportTotals<TTotals>(page.Stamp, totals), Entry, cancellationToken: cancellationToken);
        await cache.SetAsync(SeenKey(report, query), new ReportSeen(state, time.GetUtcNow()), Entry, cancellationToken: cancellationToken);
        return (state, page, totals);
    }

    private static string SeenKey(Report report, ReportQuery query) => Key(report, "seen", query.Page);

    private static string PageKey(Report report, string stamp, ReportQuery query) => Key(report, $"{stamp}:page", query.Page);

    private static string TotalsKey(Report report, string stamp, ReportQuery query) => Key(report, $"{stamp}:totals", query.Filters);

    private static string Key(Report report, string what, string query) => $"{Prefix}:{report.Name}:{what}:{Digest.Of(query)}";

    private async Task<ReportSnapshot<TRow, TTotals>> SnapshotAsync<TRow, TTotals>(Report<TRow, TTotals> report, ConsistencyToken? token, CancellationToken cancellationToken)
        where TRow : class
        where TTotals : class =>
        await ReportSnapshot<TRow, TTotals>.TakeAsync(report, await database.OpenReadAsync(token, cancellationToken), metrics, cancellationToken);
}
