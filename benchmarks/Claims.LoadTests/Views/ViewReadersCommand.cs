using System.CommandLine;
using System.Diagnostics;
using Claims.Ingestion.Postgres.Summaries;
using Claims.Ingestion.Postgres.Views;
using Claims.LoadTests.Write;
using Claims.Measuring;
using Microsoft.Extensions.DependencyInjection;

namespace Claims.LoadTests.Views;

/// <summary><c>view-readers</c>: what readers of the reports notice of their being brought up to date, and how soon they see what was stored.</summary>
internal static class ViewReadersCommand
{
    private static readonly TimeSpan Poll = TimeSpan.FromMilliseconds(10);

    public static Command Create()
    {
        var claims = new Option<long>("--claims") { Description = "How many claims are stored.", DefaultValueFactory = _ => 300_000 };
        var seconds = new Option<double>("--seconds") { Description = "How long each part of a turn takes.", DefaultValueFactory = _ => 20 };
        var turns = new Option<int>("--turns") { Description = "How many times; medians are reported.", DefaultValueFactory = _ => 3 };
        var reads = new Option<double>("--reads") { Description = "Reads that begin in a second.", DefaultValueFactory = _ => 50 };
        var files = new Option<double>("--files") { Description = "Files of 500 claims that are stored in a second.", DefaultValueFactory = _ => 2 };
        Option<FileInfo?> json = Report.JsonOption();
        var command = new Command("view-readers", "What readers of the reports notice of their being brought up to date.") { claims, seconds, turns, reads, files, json };
        command.SetAction((parsed, cancellationToken) => RunAsync(
            parsed.GetValue(claims), TimeSpan.FromSeconds(parsed.GetValue(seconds)), parsed.GetValue(turns), parsed.GetValue(reads), parsed.GetValue(files), parsed.GetValue(json), cancellationToken));
        return command;
    }

    private static async Task<int> RunAsync(long claims, TimeSpan time, int turns, double reads, double files, FileInfo? json, CancellationToken cancellationToken)
    {
        await using BenchmarkDatabase database = await BenchmarkDatabase.StartAsync(WriteServer.Settings);
        var stored = new StoredClaims(database);
        await stored.PrepareAsync();
        await stored.FillAsync(claims, cancellationToken);
        await database.Get<SummarySet>().CatchUpAsync(ClaimSummary.Definition, cancellationToken);
        await database.ExecuteAsync("VACUUM (ANALYZE) claims.claim_summary", cancellationToken);
        foreach (string name in ReportViews.Names) await ConcurrentRefresh.FillAsync(database, name, cancellationToken);

        var readers = new ReportReaders(database, reads);
        var changes = new StoreLoop(database, stored, files);
        List<ReadTimes> idle = [], incremental = [], concurrently = [];
        var fresh = new List<double>();

        // The first turn warms up.
        for (int turn = -1; turn < turns; turn++)
        {
            ReadTimes[] times =
            [
                await ReadAsync(readers, changes, null, fresh: null, time, cancellationToken),
                await ReadAsync(readers, changes, stop => KeepAsync(database, stop), turn < 0 ? null : fresh, time, cancellationToken),
                await ReadAsync(readers, changes, stop => RefreshForEverAsync(database, stop), fresh: null, time, cancellationToken),
            ];
            await Console.Error.WriteLineAsync(FormattableString.Invariant($"turn {turn}: p99 {times[0].P99Ms} ms, with summaries {times[1].P99Ms} ms, with concurrent refreshes {times[2].P99Ms} ms"));
            if (turn < 0) continue;
            idle.Add(times[0]);
            incremental.Add(times[1]);
            concurrently.Add(times[2]);
        }

        int errors = idle.Concat(incremental).Concat(concurrently).Sum(t => t.Errors);
        return await Report.WriteAsync(
            new ViewReadersResult
            {
                Claims = claims,
                Turns = turns,
                ReadsPerS = reads,
                ChangedClaimsPerS = files * StoredClaims.PerFile,
                Idle = MedianOf(idle),
                Incremental = MedianOf(incremental),
                Concurrently = MedianOf(concurrently),
                IncrementalP99Ratio = Math.Round(Median.Of(incremental.Zip(idle, (b, i) => b.P99Ms / i.P99Ms)), 3),
                ConcurrentlyP99Ratio = Math.Round(Median.Of(concurrently.Zip(idle, (b, i) => b.P99Ms / i.P99Ms)), 3),
                Fresh = new Freshness(fresh.Count, Math.Round(Quantile.Of(fresh, 0.5), 3), Math.Round(Quantile.Of(fresh, 0.99), 3), Math.Round(fresh.DefaultIfEmpty().Max(), 3)),
                LockWaits = readers.LockWaits,
                Looks = readers.Looks,
            },
            errors == 0 ? [] : [$"{errors} reads failed"],
            json,
            cancellationToken);
    }

    private static async Task<ReadTimes> ReadAsync(
        ReportReaders readers, StoreLoop changes, Func<CancellationToken, Task>? refresh, List<double>? fresh, TimeSpan time, CancellationToken cancellationToken)
    {
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        Task refreshing = refresh?.Invoke(stop.Token) ?? Task.CompletedTask;
        stop.CancelAfter(time);
        Task storing = changes.RunAsync(fresh, stop.Token);
        (double[] latencies, int errors) = await readers.RunAsync(stop.Token);
        await storing;
        await refreshing;
        cancellationToken.ThrowIfCancellationRequested();
        return new ReadTimes(
            latencies.Length, Math.Round(Quantile.Of(latencies, 0.5), 2), Math.Round(Quantile.Of(latencies, 0.99), 2), Math.Round(latencies.Max(), 2), errors);
    }

    private static async Task KeepAsync(BenchmarkDatabase database, CancellationToken stop)
    {
        using SummaryService service = ActivatorUtilities.CreateInstance<SummaryService>(database.Get<IServiceProvider>());
        await service.StartAsync(CancellationToken.None);
        try
        {
            await Task.Delay(Timeout.InfiniteTimeSpan, TimeProvider.System, stop);
        }
        catch (OperationCanceledException)
        {
            await service.StopAsync(CancellationToken.None);
        }
    }

    private static async Task RefreshForEverAsync(BenchmarkDatabase database, CancellationToken stop)
    {
        for (int n = 0; !stop.IsCancellationRequested; n++)
        {
            try
            {
                await ConcurrentRefresh.RefreshAsync(database, ReportViews.Names[n % ReportViews.Names.Count], stop);
            }
            catch (OperationCanceledException)
            {
                // The time is over.
            }
        }
    }

    private static ReadTimes MedianOf(List<ReadTimes> turns) => new(
        turns.Sum(t => t.Reads), Math.Round(Median.Of(turns.Select(t => t.P50Ms)), 2), Math.Round(Median.Of(turns.Select(t => t.P99Ms)), 2), turns.Max(t => t.MaxMs), turns.Sum(t => t.Errors));

    /// <summary>Stores files at a steady rate.</summary>
    private sealed class StoreLoop(BenchmarkDatabase database, StoredClaims stored, double filesPerSecond)
    {
        public async Task RunAsync(List<double>? fresh, CancellationToken stop)
        {
            long start = Stopwatch.GetTimestamp();
            Task? showing = null;
            try
            {
                for (int n = 0; !stop.IsCancellationRequested; n++)
                {
                    TimeSpan due = TimeSpan.FromSeconds(n / filesPerSecond) - Stopwatch.GetElapsedTime(start);
                    if (due > TimeSpan.Zero) await Task.Delay(due, TimeProvider.System, stop);
                    await stored.ChangeAsync(
                        StoredClaims.PerFile,
                        transaction =>
                        {
                            // One at a time: whoever waits asks the server often.
                            if (fresh is not null && showing is not { IsCompleted: false }) showing = ShownAsync(transaction, fresh, stop);
                            return Task.CompletedTask;
                        },
                        stop);
                }
            }
            catch (OperationCanceledException)
            {
                // The time is over.
            }

            if (showing is not null) await showing;
        }

        private async Task ShownAsync(string transaction, List<double> fresh, CancellationToken stop)
        {
            long start = Stopwatch.GetTimestamp();
            while (!await database.ScalarAsync<bool>($"SELECT pg_visible_in_snapshot('{transaction}'::xid8, snapshot) FROM claims.summary_state"))
            {
                if (stop.IsCancellationRequested) return;
                await Task.Delay(Poll, TimeProvider.System, CancellationToken.None);
            }

            fresh.Add(Stopwatch.GetElapsedTime(start).TotalSeconds);
        }
    }
}
