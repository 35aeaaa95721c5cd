using System.CommandLine;
using Claims.Ingestion.Scheduling;
using Claims.LoadTests.Ingest;
using Claims.Measuring;

namespace Claims.LoadTests.Write;

/// <summary><c>write-poison</c>: the whole ingestion with a few bad claims among many good ones, against the same without.</summary>
internal static class WritePoisonCommand
{
    public static Command Create()
    {
        var claims = new Option<int>("--claims") { Description = "How many claims are ingested in each turn.", Required = true };
        var every = new Option<int>("--every") { Description = "One claim of so many is bad, in turn of each kind.", DefaultValueFactory = _ => 10_000 };
        Option<int> perFile = WholeIngestion.PerFileOption(500);
        Option<int> facilities = WholeIngestion.FacilitiesOption();
        Option<int> turns = WholeIngestion.TurnsOption(5);
        Option<string[]> set = WholeIngestion.SettingsOption();
        Option<FileInfo?> json = Report.JsonOption();
        var command = new Command("write-poison", "Whole ingestion with a few bad claims among many good ones, against the same without.") { claims, every, perFile, facilities, turns, set, json };
        command.SetAction((parsed, cancellationToken) => RunAsync(
            parsed.GetRequiredValue(claims), parsed.GetValue(every), parsed.GetValue(perFile), parsed.GetValue(facilities), parsed.GetValue(turns),
            parsed.GetValue(set) ?? [], parsed.GetValue(json), cancellationToken));
        return command;
    }

    private static async Task<int> RunAsync(
        int claims, int every, int perFile, int facilities, int turns, string[] settings, FileInfo? json, CancellationToken cancellationToken)
    {
        using var folders = new ClaimFolders(claims, perFile, facilities);
        await using BenchmarkDatabase database = await BenchmarkDatabase.StartAsync(WriteServer.Settings);
        await database.ExecuteAsync($"ALTER TABLE claims.activity ADD CONSTRAINT not_refused {BadClaim.Constraint}", cancellationToken);
        using IngestProcess process = IngestProcess.Start(database.ConnectionString, settings);
        (Dictionary<int, Func<byte[], byte[]>> spoil, string expected, int bad, int refused) = Spoil(claims, every, perFile);
        var problems = new List<string>();
        var measured = new List<(double Good, double Poisoned)>();

        // The first turn warms up.
        for (int n = 0; n <= turns; n++)
        {
            // Neither of them always comes first.
            double good = n % 2 == 0 ? await IngestAsync(null) : 0;
            double poisoned = await IngestAsync(spoil);
            if (n % 2 != 0) good = await IngestAsync(null);
            if (n == 0) continue;
            measured.Add((good, poisoned));
            await Console.Error.WriteLineAsync(FormattableString.Invariant($"turn {n}: {good:F0} claims/s, with bad claims {poisoned:F0}, ratio {poisoned / good:F3}"));
        }

        return await Report.WriteAsync(
            new WritePoisonResult
            {
                Claims = folders.Claims,
                BadClaims = bad,
                Kinds = Math.Min(bad, BadClaim.Kinds.Count),
                RefusedByStore = refused,
                GoodClaimsPerS = Math.Round(Median.Of(measured.Select(m => m.Good))),
                PoisonedClaimsPerS = Math.Round(Median.Of(measured.Select(m => m.Poisoned))),
                Ratio = Math.Round(Median.Of(measured.Select(m => m.Poisoned / m.Good)), 3),
                Ratios = [.. measured.Select(m => Math.Round(m.Poisoned / m.Good, 3))],
            },
            problems,
            json,
            cancellationToken);

        async Task<double> IngestAsync(Dictionary<int, Func<byte[], byte[]>>? change)
        {
            await ClaimTables.ClearAsync(database);
            ((FacilityReport total, TimeSpan elapsed, _, _), _) = await process.PollAsync(folders.NewInbox(change), cancellationToken);
            int left = change is null ? 0 : bad;
            long rows = await database.ScalarAsync<long>("SELECT count(*) FROM claims.claim");
            if (total.Stored != folders.Files || total.Counts.LeftOut != left || rows != folders.Claims - left)
                problems.Add($"stored {total.Stored} files, {rows} claims, {total.Counts.LeftOut} left out of {folders.Files}, {folders.Claims - left}, {left}");

            // Each with its line and rule, and in what is kept of its file.
            string errors = await database.ScalarAsync<string>(
                """
                SELECT coalesce(string_agg(concat_ws(':', f.name, e.claim_no, e.rule), ' ' ORDER BY f.name, e.claim_no), '')
                FROM claims.claim_error e JOIN claims.claim_file f ON f.id = e.file_id JOIN claims.claim_file_content c ON c.file_id = e.file_id AND e.claim_no = ANY (c.claim_nos)
                WHERE e.line > 0
                """);
            if (errors != (change is null ? "" : expected)) problems.Add($"left out {errors}, not {expected}");
            return folders.Claims / elapsed.TotalSeconds;
        }
    }

    /// <summary>Spreads the kinds of bad claims evenly over the files.</summary>
    private static (Dictionary<int, Func<byte[], byte[]>> Spoil, string Errors, int Bad, int Refused) Spoil(int claims, int every, int perFile)
    {
        var spoil = new Dictionary<int, Func<byte[], byte[]>>();
        var errors = new List<string>();
        int refused = 0;
        for (int n = 0; (n * every) + (every / 2) < claims; n++)
        {
            int claim = (n * every) + (every / 2) + (n % perFile);
            BadClaim kind = BadClaim.Kinds[n % BadClaim.Kinds.Count];
            (int file, int place) = (claim / perFile, claim % perFile);
            spoil.Add(file, content => kind.SpoilClaim(content, place));
            errors.Add(FormattableString.Invariant($"file-{file:000000}.xml:{place + 1}:{kind.Rule}"));
            if (kind.Rule == "store") refused++;
        }

        return (spoil, string.Join(' ', errors), errors.Count, refused);
    }
}
