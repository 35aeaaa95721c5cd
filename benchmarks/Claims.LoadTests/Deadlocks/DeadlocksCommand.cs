using System.CommandLine;
using System.Diagnostics;
using System.Globalization;
using Claims.LoadTests.Write;
using Claims.Measuring;
using FacilityGateway;

namespace Claims.LoadTests.Deadlocks;

/// <summary><c>deadlocks</c>: processes with several writers each store the same files at the same time, round after round.</summary>
internal static class DeadlocksCommand
{
    private const int Processes = 2;
    private const int WritersPerProcess = 4;

    public static Command Create()
    {
        var minutes = new Option<double>("--minutes") { Description = "How long new rounds begin.", Required = true };
        var shuffled = new Option<bool>("--shuffled") { Description = "Takes the locks in no order, to see that deadlocks are found where there are any." };
        Option<FileInfo?> json = Report.JsonOption();
        var command = new Command("deadlocks", "Stores the same files from many writers in two processes, and looks for deadlocks.") { minutes, shuffled, json };
        command.SetAction((parsed, cancellationToken) =>
            RunAsync(TimeSpan.FromMinutes(parsed.GetRequiredValue(minutes)), parsed.GetValue(shuffled), parsed.GetValue(json), cancellationToken));
        return command;
    }

    private static async Task<int> RunAsync(TimeSpan time, bool shuffled, FileInfo? json, CancellationToken cancellationToken)
    {
        // With the locks in no order nearly every batch waits for a deadlock to be noticed, a second each by default.
        await using BenchmarkDatabase database = await BenchmarkDatabase.StartAsync(
            shuffled ? new Dictionary<string, string>(WriteServer.Settings) { ["deadlock_timeout"] = "20ms" } : WriteServer.Settings);
        var problems = new List<string>();
        var tally = default(StoreTally);
        (int rounds, long files, long claims) = (0, 0, 0);
        long start = Stopwatch.GetTimestamp();
        Process[] writers = [.. Enumerable.Range(0, Processes).Select(_ => OwnProcess.Start(Arguments(database, shuffled)))];
        try
        {
            do
            {
                string round = (++rounds).ToString(CultureInfo.InvariantCulture);
                await ClaimTables.TruncateAsync(database);
                await AskAllAsync(round);
                foreach (string answer in await AskAllAsync("store")) tally = tally.Plus(StoreTally.Parse(answer));
                WorldTruth truth = HuntedWorld.Of(rounds).ComputeTruth(cancellationToken: cancellationToken);
                string expected = HuntedWorld.Expected(truth), found = await HuntedWorld.FoundAsync(database);
                if (found != expected) problems.Add($"round {round}: expected {expected}, found {found}");
                files += truth.Totals.Files + truth.Totals.Quarantined + truth.Totals.Skipped;
                claims += truth.Totals.Claims + truth.Totals.RemittanceClaims;
            }
            while (Stopwatch.GetElapsedTime(start) < time);
        }
        finally
        {
            foreach (Process process in writers) process.End();
        }

        TimeSpan elapsed = Stopwatch.GetElapsedTime(start);
        long deadlocks = await DeadlocksAsync(database, cancellationToken);
        if (shuffled && deadlocks == 0) problems.Add("no deadlock, though the locks were taken in no order: deadlocks would not be found");
        if (!shuffled && deadlocks != 0) problems.Add($"{deadlocks} deadlocks");
        if (deadlocks != tally.Deadlocks) problems.Add($"the server counts {deadlocks} deadlocks, the writers met {tally.Deadlocks}");
        if (tally.OtherFailures != 0) problems.Add($"{tally.OtherFailures} batches failed for another reason");
        return await Report.WriteAsync(
            new DeadlocksResult
            {
                Minutes = Math.Round(elapsed.TotalMinutes, 2),
                Rounds = rounds,
                Batches = tally.Batches,
                Files = files,
                Claims = claims,
                Deadlocks = deadlocks,
                Shuffled = shuffled,
            },
            problems,
            json,
            cancellationToken);

        Task<string[]> AskAllAsync(string line) => Task.WhenAll(writers.Select(process => process.AskAsync(line, cancellationToken)));
    }

    private static string[] Arguments(BenchmarkDatabase database, bool shuffled)
    {
        string[] arguments = [StoreCommand.Name, "--connection", database.ConnectionString, "--writers", WritersPerProcess.ToString(CultureInfo.InvariantCulture)];
        return shuffled ? [.. arguments, "--shuffled"] : arguments;
    }

    /// <summary>All deadlocks since the database was made. A connection reports what it saw when it ends at the latest, so none may be left.</summary>
    private static async Task<long> DeadlocksAsync(BenchmarkDatabase database, CancellationToken cancellationToken)
    {
        const string Writers = "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND application_name = 'claims-ingestion'";
        while (await database.ScalarAsync<long>(Writers) > 0) await Task.Delay(TimeSpan.FromMilliseconds(50), TimeProvider.System, cancellationToken);
        return await database.ScalarAsync<long>("SELECT deadlocks FROM pg_stat_database WHERE datname = current_database()");
    }
}
