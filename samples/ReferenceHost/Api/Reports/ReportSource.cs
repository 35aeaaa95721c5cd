using System.Text.Json;
using Claims.Ingestion.Postgres.DataSources;
using Microsoft.AspNetCore.Http.Json;
using Microsoft.Extensions.Caching.Hybrid;
using Microsoft.Extensions.Options;

namespace ReferenceHost.Api.Reports;

/// <summary>
/// Answers from the cache while a page is younger than <see cref="ReportOptions.MaxAge"/>. An older one, or one for a caller who may not be given that, is compared with the version that a server has now, from a
/// server that shows what the caller has to see; where it is of another version, that server is asked for the rows.
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

    /// <summary>The page, with its state, and the sums if they are asked for.</summary>
    /// <param name="report">The report.</param>
    /// <param name="state">The state that a server has now, or <see langword="null"/> if a page of a little while ago will do.</param>
    /// <param name="query">What is asked for.</param>
    /// <param name="cancellationToken">The token to cancel the reading.</param>
    public async Task<(ReportPage Page, TTotals? Totals)> ReadAsync<TRow, TTotals>(Report<TRow, TTotals> report, ReportState? state, ReportQuery query, CancellationToken cancellationToken)
        where TRow : class
        where TTotals : class
    {
        string key = Key(report, "page", query.Page);
        ReportPage? page = await cache.GetOrCreateAsync(key, _ => default(ValueTask<ReportPage?>), LookOnly, cancellationToken: cancellationToken);
        if (page is not null && (state is not null || time.GetUtcNow() - page.AskedAt > options.Value.MaxAge))
        {
            // What it shows may hold still: then it is as good as new.
            state ??= await StateAsync(report, cancellationToken);
            page = IsOf(report, page, state) ? page with { State = state, AskedAt = time.GetUtcNow() } : null;
            if (page is not null) await cache.SetAsync(key, page, Entry, cancellationToken: cancellationToken);
            else await cache.RemoveAsync(key, cancellationToken);
        }

        // The one who asks the database for all that wait may not be in their scope.
        ConsistencyToken? token = ConsistencyScope.Current?.Token;
        page ??= await cache.GetOrCreateAsync(
            key,
            async stop =>
            {
                await using ReportSnapshot<TRow, TTotals> snapshot = await SnapshotAsync(report, token, stop);
                return await snapshot.PageAsync(query, Json, time.GetUtcNow(), stop);
            },
            Entry,
            cancellationToken: cancellationToken);
        if (state is not null && !IsOf(report, page, state)) return await ReadAnewAsync(report, query, cancellationToken);
        if (!query.Totals) return (page, null);

        string stamp = ReportTag.Stamp(report, page.State);
        ReportTotals<TTotals> totals = await cache.GetOrCreateAsync(
            TotalsKey(report, stamp, query),
            async stop =>
            {
                await using ReportSnapshot<TRow, TTotals> snapshot = await SnapshotAsync(report, token, stop);
                return await snapshot.TotalsAsync(query, stop);
            },
            Entry,
            cancellationToken: cancellationToken);
        return totals.Stamp == stamp ? (page, totals.Totals) : await ReadAnewAsync(report, query, cancellationToken);
    }

    /// <summary>The page and the sums of one snapshot; the cache neither gives nor gets anything.</summary>
    public async Task<(ReportPage Page, TTotals? Totals)> ReadPastCacheAsync<TRow, TTotals>(Report<TRow, TTotals> report, ReportQuery query, CancellationToken cancellationToken)
        where TRow : class
        where TTotals : class
    {
        await using ReportSnapshot<TRow, TTotals> snapshot = await SnapshotAsync(report, cancellationToken);
        ReportPage page = await snapshot.PageAsync(query, Json, time.GetUtcNow(), cancellationToken);
        return (page, query.Totals ? (await snapshot.TotalsAsync(query, cancellationToken)).Totals : null);
    }

    /// <summary>The page and the sums of one snapshot, which take the place of what was cached under another version.</summary>
    private async Task<(ReportPage Page, TTotals? Totals)> ReadAnewAsync<TRow, TTotals>(Report<TRow, TTotals> report, ReportQuery query, CancellationToken cancellationToken)
        where TRow : class
        where TTotals : class
    {
        (ReportPage page, TTotals? totals) = await ReadPastCacheAsync(report, query, cancellationToken);
        string stamp = ReportTag.Stamp(report, page.State);
        await cache.SetAsync(Key(report, "page", query.Page), page, Entry, cancellationToken: cancellationToken);
        if (totals is not null) await cache.SetAsync(TotalsKey(report, stamp, query), new ReportTotals<TTotals>(stamp, totals), Entry, cancellationToken: cancellationToken);
        return (page, totals);
    }

    private static bool IsOf(Report report, ReportPage page, ReportState state) => ReportTag.Stamp(report, page.State) == ReportTag.Stamp(report, state);

    private static string TotalsKey(Report report, string stamp, ReportQuery query) => Key(report, $"{stamp}:totals", query.Filters);

    private static string Key(Report report, string what, string query) => $"{Prefix}:{report.Name}:{what}:{Digest.Of(query)}";

    private async Task<ReportSnapshot<TRow, TTotals>> SnapshotAsync<TRow, TTotals>(Report<TRow, TTotals> report, ConsistencyToken? token, CancellationToken cancellationToken)
        where TRow : class
        where TTotals : class =>
        await ReportSnapshot<TRow, TTotals>.TakeAsync(report, await database.OpenReadAsync(token, cancellationToken), metrics, cancellationToken);
}
