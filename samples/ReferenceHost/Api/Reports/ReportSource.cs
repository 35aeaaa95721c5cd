using System.Collections.Concurrent;
using System.Text.Json;
using Claims.Ingestion.Postgres.DataSources;
using Microsoft.AspNetCore.Http.Json;
using Microsoft.Extensions.Caching.Hybrid;
using Microsoft.Extensions.Options;

namespace ReferenceHost.Api.Reports;

/// <summary>
/// Answers from the cache where it holds the rows of the version that is to be shown: the one that a server had a little while ago, when the same page was asked for, or the one that a server has now, which shows
/// what the caller has to see.
/// </summary>
internal sealed class ReportSource(
    [FromKeyedServices(DataSourceRole.Report)] RoleDataSource database, HybridCache cache, ReportMetrics metrics, IOptions<JsonOptions> json, IOptions<ReportOptions> options, TimeProvider time,
    IHostApplicationLifetime lifetime, ILogger<ReportSource> logger)
{
    /// <summary>Changed with the shape of what is cached.</summary>
    private const string Prefix = "report-2";

    // As long as a page may be given at most.
    private static readonly HybridCacheEntryOptions Entry = new() { Expiration = TimeSpan.FromMinutes(2), LocalCacheExpiration = TimeSpan.FromMinutes(2) };
    private static readonly HybridCacheEntryOptions LookOnly = new() { Flags = HybridCacheEntryFlags.DisableUnderlyingData };

    // The pages of which a newer one is read.
    private readonly ConcurrentDictionary<string, bool> _renewed = new();

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
        if (now is null && await ShownAsync(report, query, cancellationToken) is { } shown) return shown;
        ReportState state = now ?? await StateAsync(report, cancellationToken);
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
            await cache.SetAsync(SeenKey(report, query), new ReportSeen(state, time.GetUtcNow()), Entry, cancellationToken: cancellationToken);
            return (state, page, totals?.Totals);
        }

        // The server that was asked for the rows had another version, which must not stay under this key.
        if (page.Stamp != stamp) await cache.RemoveAsync(PageKey(report, stamp, query), cancellationToken);
        if (totals is not null && totals.Stamp != stamp) await cache.RemoveAsync(TotalsKey(report, stamp, query), cancellationToken);
        return await ReadAnewAsync(report, query, token, cancellationToken);
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

    /// <summary>What was shown a little while ago, if the cache has all of it. When it is not young any more, a newer one is read meanwhile.</summary>
    private async Task<(ReportState State, ReportPage Page, TTotals? Totals)?> ShownAsync<TRow, TTotals>(Report<TRow, TTotals> report, ReportQuery query, CancellationToken cancellationToken)
        where TRow : class
        where TTotals : class
    {
        string key = SeenKey(report, query);
        if (await LookAsync<ReportSeen>(key, cancellationToken) is not { } seen) return null;
        TimeSpan age = time.GetUtcNow() - seen.At;
        if (age > options.Value.MaxAge + options.Value.MaxStale) return null;
        string stamp = ReportTag.Stamp(report, seen.State);
        if (await KeptAsync<ReportPage>(PageKey(report, stamp, query), stamp, cancellationToken) is not { } page) return null;
        ReportTotals<TTotals>? totals = query.Totals ? await KeptAsync<ReportTotals<TTotals>>(TotalsKey(report, stamp, query), stamp, cancellationToken) : null;
        if (query.Totals && totals is null) return null;
        if (age > options.Value.MaxAge && _renewed.TryAdd(key, true)) Renew(report, query, key);
        return (seen.State, page, totals?.Totals);
    }

    private void Renew<TRow, TTotals>(Report<TRow, TTotals> report, ReportQuery query, string key)
        where TRow : class
        where TTotals : class
    {
        // It outlives the request that begins it, and has nothing of its trace or scope.
        using AsyncFlowControl flow = ExecutionContext.SuppressFlow();
        _ = Task.Run(() => RenewAsync(report, query, key));
    }

    private async Task RenewAsync<TRow, TTotals>(Report<TRow, TTotals> report, ReportQuery query, string key)
        where TRow : class
        where TTotals : class
    {
        try
        {
            await ReadAnewAsync(report, query, null, lifetime.ApplicationStopping);
        }
        catch (Exception exception)
        {
            if (!lifetime.ApplicationStopping.IsCancellationRequested) logger.NotRenewed(report.Name, exception);
        }
        finally
        {
            _renewed.TryRemove(key, out _);
        }
    }

    /// <summary>The state, the page and the sums of one snapshot, for whoever comes next as well. Rows of that version which were read before hold still.</summary>
    private async Task<(ReportState State, ReportPage Page, TTotals? Totals)> ReadAnewAsync<TRow, TTotals>(
        Report<TRow, TTotals> report, ReportQuery query, ConsistencyToken? token, CancellationToken cancellationToken)
        where TRow : class
        where TTotals : class
    {
        await using ReportSnapshot<TRow, TTotals> snapshot = await SnapshotAsync(report, token, cancellationToken);
        string stamp = ReportTag.Stamp(report, snapshot.State);
        ReportPage page = await TakeAsync(PageKey(report, stamp, query), stamp, () => snapshot.PageAsync(query, Json, cancellationToken), cancellationToken);
        ReportTotals<TTotals>? totals = query.Totals ? await TakeAsync(TotalsKey(report, stamp, query), stamp, () => snapshot.TotalsAsync(query, cancellationToken), cancellationToken) : null;
        await cache.SetAsync(SeenKey(report, query), new ReportSeen(snapshot.State, time.GetUtcNow()), Entry, cancellationToken: cancellationToken);
        return (snapshot.State, page, totals?.Totals);
    }

    private async Task<T> TakeAsync<T>(string key, string stamp, Func<Task<T>> read, CancellationToken cancellationToken)
        where T : class, IStamped
    {
        if (await KeptAsync<T>(key, stamp, cancellationToken) is { } known) return known;
        T value = await read();
        await cache.SetAsync(key, value, Entry, cancellationToken: cancellationToken);
        return value;
    }

    /// <summary>What the cache has under a key, if it is of that stamp: for a moment rows of another version may be there.</summary>
    private async ValueTask<T?> KeptAsync<T>(string key, string stamp, CancellationToken cancellationToken)
        where T : class, IStamped =>
        await LookAsync<T>(key, cancellationToken) is { } kept && kept.Stamp == stamp ? kept : null;

    private ValueTask<T?> LookAsync<T>(string key, CancellationToken cancellationToken)
        where T : class =>
        cache.GetOrCreateAsync(key, _ => default(ValueTask<T?>), LookOnly, cancellationToken: cancellationToken);

    private static string SeenKey(Report report, ReportQuery query) => Key(report, "seen", query.Page);

    private static string PageKey(Report report, string stamp, ReportQuery query) => Key(report, $"{stamp}:page", query.Page);

    private static string TotalsKey(Report report, string stamp, ReportQuery query) => Key(report, $"{stamp}:totals", query.Filters);

    private static string Key(Report report, string what, string query) => $"{Prefix}:{report.Name}:{what}:{Digest.Of(query)}";

    private async Task<ReportSnapshot<TRow, TTotals>> SnapshotAsync<TRow, TTotals>(Report<TRow, TTotals> report, ConsistencyToken? token, CancellationToken cancellationToken)
        where TRow : class
        where TTotals : class =>
        await ReportSnapshot<TRow, TTotals>.TakeAsync(report, await database.OpenReadAsync(token, cancellationToken), metrics, cancellationToken);
}
