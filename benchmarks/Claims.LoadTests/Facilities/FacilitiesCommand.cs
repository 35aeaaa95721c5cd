using System.CommandLine;
using System.CommandLine.Parsing;
using Claims.Ingestion.Scheduling;
using Claims.LoadTests.Facilities.Output;
using Claims.LoadTests.Ingest;
using Claims.LoadTests.Write;

namespace Claims.LoadTests.Facilities;

/// <summary><c>facilities</c>: what users of the API notice while many facilities are polled and views are refreshed.</summary>
internal static class FacilitiesCommand
{
    // A poll may come at the last moment of an interval, so two of them are sure to hold one of each facility.
    private const double PollsInPhase = 2;
    private const double LeastInterval = 1;

    public static Command Create()
    {
        var preset = new Argument<string?>("load") { Description = $"A load with a name: {string.Join(", ", FacilitiesPreset.Named.Keys)}.", Arity = ArgumentArity.ZeroOrOne };
        preset.AcceptOnlyFromAmong([.. FacilitiesPreset.Named.Keys]);
        FacilitiesPreset usual = FacilitiesPreset.Default;
        Option<int> count = Number("--count", "How many facilities are polled.", usual.Count, 1);
        var strategy = new Option<ScheduleStrategy>("--strategy") { Description = "How their polls are spread: staggered or concurrent.", DefaultValueFactory = _ => usual.Strategy };
        Option<int> users = Number("--users", "How many users call the API.", usual.Users, 0);
        var userRate = new Option<double>("--user-rate") { Description = "Requests of each in a second.", DefaultValueFactory = _ => 6 };
        var burst = new Option<double>("--burst") { Description = "In the middle of each phase there are suddenly so many times as many users.", DefaultValueFactory = _ => 1 };
        burst.Validators.Add(result => AtLeast(result, "--burst", result.GetValueOrDefault<double>(), 1));
        var views = new Option<bool>("--views") { Description = "The reports are kept up to date meanwhile." };
        var profile = new Option<LoadProfile>("--profile") { Description = "What ingests: library, today (one pool, all at once, row by row, blocking refreshes), or both in turn." };
        Option<int> baseClaims = Number("--base-claims", "How many claims are stored before.", 300_000, 1);
        Option<int> claimsPerMin = Number("--claims-per-min", "How many claims are delivered in a minute, over all facilities.", usual.ClaimsPerMin, 1);
        Option<int> perFile = Number("--claims-per-file", "How many claims a file holds.", 50, 1);
        Option<double> seconds = Seconds("--seconds", "How long each phase takes.", 60, LeastInterval);
        Option<double?> interval = new("--interval") { Description = "Seconds between two polls of a facility; half of a phase when left out." };
        Option<double> warmUp = Seconds("--warm-up", "Seconds in which users and ingestion run before anything is measured.", 20, 0);
        Option<int> turns = Number("--turns", "How often there is ingestion, with users only before and after; medians are told.", 1, 1);
        Option<string[]> set = WholeIngestion.SettingsOption();
        var report = new Option<FileInfo?>("--report") { Description = "A file to write the result to, for people, as Markdown." };
        var plots = new Option<DirectoryInfo?>("--plots") { Description = "A folder to draw the latencies in." };
        Option<FileInfo?> json = Report.JsonOption();
        var command = new Command("facilities", "What users of the API notice while many facilities are polled and views are refreshed.")
        {
            preset, count, strategy, users, userRate, burst, views, profile, baseClaims, claimsPerMin, perFile, seconds, interval, warmUp, turns, set, report, plots, json,
        };
        command.SetAction((parsed, cancellationToken) =>
        {
            FacilitiesPreset named = parsed.GetValue(preset) is { } name ? FacilitiesPreset.Named[name] : usual;
            double length = parsed.GetValue(seconds);
            var settings = new FacilitiesSettings
            {
                Count = Said(parsed, count, named.Count),
                Strategy = Said(parsed, strategy, named.Strategy),
                Users = Said(parsed, users, named.Users),
                UserRate = parsed.GetValue(userRate),
                Burst = parsed.GetValue(burst),
                Views = Said(parsed, views, named.Views),
                BaseClaims = parsed.GetValue(baseClaims),
                ClaimsPerMin = Said(parsed, claimsPerMin, named.ClaimsPerMin),
                ClaimsPerFile = parsed.GetValue(perFile),
                Seconds = length,
                Interval = Math.Max(LeastInterval, parsed.GetValue(interval) ?? length / PollsInPhase),
                WarmUp = parsed.GetValue(warmUp),
                Turns = parsed.GetValue(turns),
                Set = parsed.GetValue(set) ?? [],
            };
            return RunAsync(settings, parsed.GetValue(profile), parsed.GetValue(json), new PeopleOutput(parsed.GetValue(report), parsed.GetValue(plots)), cancellationToken);
        });
        return command;
    }

    private static async Task<int> RunAsync(FacilitiesSettings settings, LoadProfile profile, FileInfo? json, PeopleOutput people, CancellationToken cancellationToken)
    {
        Func<IRunProgress, Task<IReadOnlyList<ProfileOutcome>>> run = progress => MeasureAsync(settings, profile, progress, cancellationToken);
        IReadOnlyList<ProfileOutcome> outcomes = BarProgress.IsPossible ? await BarProgress.ShowAsync(run) : await run(new LineProgress());
        await people.WriteAsync(settings, outcomes, cancellationToken);
        string[] problems = [.. outcomes.SelectMany(outcome => outcome.Problems)];
        return profile == LoadProfile.Both
            ? await Report.WriteAsync(ResultOf.Both(settings, outcomes[0].Result, outcomes[1].Result), problems, json, cancellationToken)
            : await Report.WriteAsync(new SingleResult(profile, settings, outcomes[0].Result), problems, json, cancellationToken);
    }

    private static async Task<IReadOnlyList<ProfileOutcome>> MeasureAsync(FacilitiesSettings settings, LoadProfile profile, IRunProgress progress, CancellationToken cancellationToken)
    {
        progress.Say($"{settings.Delivered} claims are made");
        using var folders = new ClaimFolders(settings.Delivered, settings.ClaimsPerFile, settings.Count);
        var outcomes = new List<ProfileOutcome>();
        foreach (LoadProfile one in profile == LoadProfile.Both ? [LoadProfile.Library, LoadProfile.Today] : new[] { profile })
            outcomes.Add(await new ProfileRun(settings, one, folders, progress).RunAsync(cancellationToken));
        return outcomes;
    }

    /// <summary>What was said on the command line, or else what the load with the name says.</summary>
    private static T Said<T>(ParseResult parsed, Option<T> option, T named) => parsed.GetResult(option) is { Implicit: false } ? parsed.GetRequiredValue(option) : named;

    private static Option<int> Number(string name, string description, int value, int least)
    {
        var option = new Option<int>(name) { Description = description, DefaultValueFactory = _ => value };
        option.Validators.Add(result => AtLeast(result, name, result.GetValueOrDefault<int>(), least));
        return option;
    }

    private static Option<double> Seconds(string name, string description, double value, double least)
    {
        var option = new Option<double>(name) { Description = description, DefaultValueFactory = _ => value };
        option.Validators.Add(result => AtLeast(result, name, result.GetValueOrDefault<double>(), least));
        return option;
    }

    private static void AtLeast(OptionResult result, string name, double value, double least)
    {
        if (value < least) result.AddError(FormattableString.Invariant($"{name} is {value}; it must be at least {least}."));
    }
}
