using System.CommandLine;
using Claims.LoadTests.Ingest;
using Claims.LoadTests.Write;
using Claims.Measuring;
using FacilityGateway;

namespace Claims.LoadTests.Memory;

/// <summary><c>memory</c>: the resident memory of an ingesting process while gigabytes of XML go through it, in small files and in huge ones.</summary>
internal static class MemoryCommand
{
    private const int SmallFileClaims = 50;
    private const int Facilities = 10;
    private const int LargeFileShare = 2;

    // Written by the generator, measured: to know how many claims a file of some size takes.
    private const int BytesPerClaim = 1600;

    public static Command Create()
    {
        var gigabytes = new Option<double>("--gigabytes") { Description = "How much XML goes through, in units of 10^9 bytes.", Required = true };
        var round = new Option<double>("--round-gigabytes") { Description = "How much of it is on disk at once. Half of a round is one large file.", DefaultValueFactory = _ => 0.25 };
        Option<string[]> set = WholeIngestion.SettingsOption();
        Option<FileInfo?> json = Report.JsonOption();
        var command = new Command("memory", "Resident memory while gigabytes of XML go through.") { gigabytes, round, set, json };
        command.SetAction((parsed, cancellationToken) => RunAsync(
            parsed.GetRequiredValue(gigabytes) * 1e9, parsed.GetValue(round) * 1e9, parsed.GetValue(set) ?? [], parsed.GetValue(json), cancellationToken));
        return command;
    }

    private static async Task<int> RunAsync(double bytes, double roundBytes, string[] settings, FileInfo? json, CancellationToken cancellationToken)
    {
        DirectoryInfo root = Directory.CreateTempSubdirectory("claims-memory-");
        try
        {
            string inbox = Path.Combine(root.FullName, "inbox");
            string[] folders = [.. Enumerable.Range(1, Facilities).Select(n => root.CreateSubdirectory($"inbox/DHA-F-{n:0000000}").FullName)];
            await using BenchmarkDatabase database = await BenchmarkDatabase.StartAsync(WriteServer.Settings);
            using IngestProcess process = IngestProcess.Start(database.ConnectionString, settings);
            var problems = new List<string>();
            var peaks = new List<(long Start, double Mb)>();

            // What the process takes before it has read a file: after a poll of empty folders.
            await process.PollAsync(inbox, cancellationToken);
            double start = process.ResidentMb();
            long done = 0, claims = 0;
            int files = 0;
            double seconds = 0;
            while (done < bytes)
            {
                FileCounts made = Make(folders, files, Math.Min(roundBytes, bytes - done), out int madeFiles, out long madeBytes);
                (IngestionRun run, double peak) = await process.PollAsync(inbox, cancellationToken);
                long rows = await database.ScalarAsync<long>("SELECT count(*) FROM claims.claim");
                long activities = await database.ScalarAsync<long>("SELECT count(*) FROM claims.activity");
                if (run.Total.Stored != madeFiles || rows != made.Claims || activities != made.Activities)
                    problems.Add($"stored {run.Total.Stored} files, {rows} claims, {activities} activities of {madeFiles}, {made.Claims}, {made.Activities}");
                done += madeBytes;
                claims += run.Total.Counts.Claims;
                files += madeFiles;
                seconds += run.Elapsed.TotalSeconds;
                peaks.Add((done - madeBytes, peak));
                await ClaimTables.ClearAsync(database);
                foreach (string folder in folders)
                {
                    foreach (string file in Directory.EnumerateFiles(folder, "*", SearchOption.AllDirectories)) File.Delete(file);
                }
            }

            return await Report.WriteAsync(
                new MemoryResult
                {
                    Bytes = done,
                    Claims = claims,
                    Files = files,
                    RssStartMb = Math.Round(start),
                    RssPeakMb = Math.Round(peaks.Max(p => p.Mb)),
                    RssFirstHalfPeakMb = Math.Round(peaks.Where(p => p.Start < done / 2).Max(p => p.Mb)),
                    RssSecondHalfPeakMb = Math.Round(peaks.Where(p => p.Start >= done / 2).Select(p => p.Mb).DefaultIfEmpty(peaks[^1].Mb).Max()),
                    ClaimsPerS = Math.Round(claims / seconds),
                },
                problems,
                json,
                cancellationToken);
        }
        finally
        {
            root.Delete(recursive: true);
        }
    }

    /// <summary>Writes one large file, and small ones of as many bytes, spread over the facilities.</summary>
    private static FileCounts Make(string[] folders, int firstFile, double bytes, out int files, out long written)
    {
        (int claims, int activities, int number) = (0, 0, firstFile);
        written = 0;
        int largeClaims = (int)Math.Max(1, bytes / LargeFileShare / BytesPerClaim);
        for (int left = 2 * largeClaims; left > 0; number++)
        {
            int size = number == firstFile ? largeClaims : Math.Min(left, SmallFileClaims);
            string folder = folders[number % folders.Length];
            using FileStream stream = File.Create(Path.Combine(folder, $"file-{number:0000000}.xml"));
            FileCounts made = SubmissionFile.WriteLarge(stream, size, seed: number + 1, Path.GetFileName(folder));
            claims += made.Claims;
            activities += made.Activities;
            written += stream.Length;
            left -= size;
        }

        files = number - firstFile;
        return new FileCounts(claims, activities, 0, 0);
    }
}
