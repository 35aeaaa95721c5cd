using System.CommandLine;
using System.Diagnostics;
using Claims.Ingestion.Postgres.Summaries;
using Claims.Ingestion.Postgres.Views;
using Claims.LoadTests.Write;
using Claims.Measuring;

namespace Claims.LoadTests.Views;

/// <summary><c>views</c>: bringing the reports up to date by what changed, against REFRESH MATERIALIZED VIEW CONCURRENTLY.</summary>
internal static class ViewsCommand
{
    public static Command Create()
    {
        var claims = new Option<long>("--claims") { Description = "How many claims are stored.", Required = true };
        var changed = new Option<int>("--changed") { Description = "How many of them change.", Required = true };
        var turns = new Option<int>("--turns") { Description = "How many times; medians are reported.", DefaultValueFactory = _ => 5 };
        var scattered = new Option<bool>("--scattered") { Description = "Changed claims lie anywhere, rather than those of a file with one provider." };
        Option<FileInfo?> json = Report.JsonOption();
        var command = new Command("views", "Bringing the reports up to date by what changed, against REFRESH MATERIALIZED VIEW CONCURRENTLY.") { claims, changed, turns, scattered, json };
        command.SetAction((parsed, cancellationToken) => RunAsync(
            parsed.GetRequiredValue(claims), parsed.GetRequiredValue(changed), parsed.GetValue(turns), parsed.GetValue(scattered), parsed.GetValue(json), cancellationToken));
        return command;
    }

    private static async Task<int> RunAsync(long claims, int changed, int turns, bool isScattered, FileInfo? json, CancellationToken cancellationToken)
    {
        await using BenchmarkDatabase database = await BenchmarkDatabase.StartAsync(WriteServer.Settings);
        var stored = new StoredClaims(database, isScattered);
        await stored.PrepareAsync();

        await stored.FillAsync(claims / 10, cancellationToken);
        await CatchUpAsync(database, cancellationToken);
        await SettleAsync(database, cancellationToken);
        double[] small = await TurnsAsync(database, stored, changed, turns, cancellationToken);

        // That something was added no change tells of, so a pass computes every claim again: as long as filling an empty summary takes.
        await stored.FillAsync(claims, cancellationToken);
        await database.ExecuteAsync("INSERT INTO claims.view_change (rows) VALUES (1)", cancellationToken);
        double fill = await CatchUpAsync(database, cancellationToken);
        await Console.Error.WriteLineAsync(FormattableString.Invariant($"{claims} claims computed in {fill:F1} s"));
        foreach (string name in ReportViews.Names) await ConcurrentRefresh.FillAsync(database, name, cancellationToken);
        await SettleAsync(database, cancellationToken);
        double[] large = await TurnsAsync(database, stored, changed, turns, cancellationToken);

        var views = new List<ViewTime>();
        bool identical = true;
        foreach (string name in ReportViews.Names)
        {
            string relation = MaterializedView.RelationOf(name);
            long start = Stopwatch.GetTimestamp();
            await ConcurrentRefresh.RefreshAsync(database, name, cancellationToken);
            views.Add(new ViewTime(name, Math.Round(Stopwatch.GetElapsedTime(start).TotalSeconds, 2)));
            await Console.Error.WriteLineAsync(FormattableString.Invariant($"{name}: {views[^1].Seconds} s"));
            identical &= await database.ScalarAsync<bool>(
                $"SELECT NOT EXISTS ((TABLE claims.{name} EXCEPT ALL TABLE {relation}) UNION ALL (TABLE {relation} EXCEPT ALL TABLE claims.{name})) AND EXISTS (TABLE {relation})");
        }

        double concurrently = views.Sum(v => v.Seconds), incremental = Median.Of(large), smallIncremental = Median.Of(small);
        return await Report.WriteAsync(
            new ViewsResult
            {
                Claims = stored.Count,
                Changed = changed,
                Turns = turns,
                ConcurrentlyS = Math.Round(concurrently, 2),
                IncrementalS = Math.Round(incremental, 3),
                Ratio = Math.Round(concurrently / incremental, 1),
                Identical = identical,
                SmallIncrementalS = Math.Round(smallIncremental, 3),
                Growth = Math.Round(incremental / smallIncremental, 3),
                TurnsS = [.. large.Select(s => Math.Round(s, 3))],
                SmallTurnsS = [.. small.Select(s => Math.Round(s, 3))],
                FillS = Math.Round(fill, 1),
                Views = views,
            },
            identical ? [] : ["the summaries and the materialized views show different rows"],
            json,
            cancellationToken);
    }

    /// <summary>The server has written what it held back, and knows how large its tables are.</summary>
    private static async Task SettleAsync(BenchmarkDatabase database, CancellationToken cancellationToken)
    {
        await database.ExecuteAsync("VACUUM (ANALYZE)", cancellationToken);
        await database.ExecuteAsync("CHECKPOINT", cancellationToken);
    }

    /// <summary>The first turn warms up.</summary>
    private static async Task<double[]> TurnsAsync(BenchmarkDatabase database, StoredClaims stored, int changed, int turns, CancellationToken cancellationToken)
    {
        var seconds = new double[turns];
        for (int turn = -1; turn < turns; turn++)
        {
            await stored.ChangeAsync(changed, cancellationToken: cancellationToken);
            double took = await CatchUpAsync(database, cancellationToken);
            if (turn >= 0) seconds[turn] = took;
            await Console.Error.WriteLineAsync(FormattableString.Invariant($"turn {turn}: {changed} of {stored.Count} claims changed, shown after {took:F3} s"));
        }

        return seconds;
    }

    private static async Task<double> CatchUpAsync(BenchmarkDatabase database, CancellationToken cancellationToken)
    {
        long start = Stopwatch.GetTimestamp();
        await database.Get<SummarySet>().CatchUpAsync(ClaimSummary.Definition, cancellationToken);
        return Stopwatch.GetElapsedTime(start).TotalSeconds;
    }
}
