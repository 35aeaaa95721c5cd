using Claims.Ingestion.Postgres.Summaries;
using Claims.LoadTests.Facilities.Hosted;
using Claims.LoadTests.Facilities.Output;
using Claims.LoadTests.Routing;
using Claims.LoadTests.Views;
using Claims.LoadTests.Write;
using Claims.Measuring;

namespace Claims.LoadTests.Facilities;

/// <summary>What a profile did: its result, what is wrong with it, and all that was measured.</summary>
internal sealed record ProfileOutcome(LoadProfile Profile, FacilitiesResult Result, IReadOnlyList<string> Problems, IReadOnlyList<Phase> Phases);

/// <summary>One profile from an empty server on: claims are stored, users and ingestion warm up, and then users are measured alone and with ingestion in turns.</summary>
internal sealed class ProfileRun(FacilitiesSettings settings, LoadProfile profile, ClaimFolders folders, IRunProgress progress)
{
    /// <summary>All users begin at the same moment, which no users do, and find connections that were closed meanwhile.</summary>
    private static readonly TimeSpan _settle = TimeSpan.FromSeconds(5);

    public async Task<ProfileOutcome> RunAsync(CancellationToken cancellationToken)
    {
        string name = profile.ToString().ToLowerInvariant();
        progress.Say($"{name}: {settings.BaseClaims} claims are stored");
        await using BenchmarkDatabase database = await BenchmarkDatabase.StartAsync(WriteServer.Settings);
        await StoreBaseAsync(database, cancellationToken);
        var feed = new FileFeed(folders);
        using HostProcess host = HostProcess.Start(settings, profile, database.ConnectionString, feed.Inbox);
        await host.DoAsync(HostOrder.Prepare, cancellationToken);
        await database.ExecuteAsync("CHECKPOINT", cancellationToken);

        using var users = new ApiUsers(host.Address, settings);
        var run = new PhaseRun(database, host, users, feed, settings, progress);
        (TimeSpan length, TimeSpan interval) = (TimeSpan.FromSeconds(settings.Seconds), TimeSpan.FromSeconds(settings.Interval));
        if (settings.WarmUp > 0) await run.RunAsync($"{name}: warm-up", isBusy: true, TimeSpan.Zero, TimeSpan.FromSeconds(settings.WarmUp), cancellationToken);
        var phases = new List<Phase> { await run.RunAsync($"{name}: users only", isBusy: false, _settle, length, cancellationToken) };
        for (int turn = 1; turn <= settings.Turns; turn++)
        {
            phases.Add(await run.RunAsync($"{name}: users and ingestion, turn {turn}", isBusy: true, interval, length, cancellationToken));
            phases.Add(await run.RunAsync($"{name}: users only", isBusy: false, _settle, length, cancellationToken));
        }

        progress.Say($"{name}: rows are counted");
        await host.DoAsync(HostOrder.Finish, cancellationToken);
        DeliveredFiles delivered = await DeliveredFiles.CheckAsync(database, folders, feed, settings.BaseClaims, cancellationToken);
        long deadlocks = await database.ScalarAsync<long>("SELECT deadlocks FROM pg_stat_database WHERE datname = current_database()");
        var problems = new List<string>(delivered.Problems);
        if (profile == LoadProfile.Library && deadlocks > 0) problems.Add($"{deadlocks} deadlocks");
        if (profile == LoadProfile.Library && delivered.Waiting > 0) problems.Add($"{delivered.Waiting} delivered files were left where they are polled from");
        return new ProfileOutcome(profile, ResultOf.Phases(phases, profile, delivered, deadlocks, settings), [.. problems.Select(problem => $"{name}: {problem}")], phases);
    }

    private async Task StoreBaseAsync(BenchmarkDatabase database, CancellationToken cancellationToken)
    {
        var stored = new StoredClaims(database);
        await stored.PrepareAsync();
        await stored.FillAsync(settings.BaseClaims, cancellationToken);
        if (profile == LoadProfile.Today) return;

        // As after a while of running. Today's reports are filled by its own host.
        var summaries = database.Get<SummarySet>();
        await summaries.CatchUpAsync(ClaimSummary.Definition, cancellationToken);
        await summaries.ShowAsync(ClaimSummary.Definition, cancellationToken);
        await database.ExecuteAsync("VACUUM (ANALYZE)", cancellationToken);
    }
}
