using System.CommandLine;
using Claims.Ingestion.Scheduling;
using Claims.LoadTests.Facilities;
using Claims.LoadTests.Facilities.Hosted;
using Claims.LoadTests.Write;
using Claims.Measuring;

namespace Claims.LoadTests.Dashboard;

/// <summary><c>dashboard</c>: how long pages of the dashboard take to open in a real browser while many facilities are polled.</summary>
internal static class DashboardCommand
{
    private const int ClaimsPerFile = 2;

    private static readonly TimeSpan Interval = TimeSpan.FromMinutes(30);

    public static Command Create()
    {
        var facilities = new Option<int>("--facilities") { Description = "How many facilities are polled.", DefaultValueFactory = _ => 1000 };
        var turns = new Option<int>("--turns") { Description = "How often each page is opened. One time more warms up.", DefaultValueFactory = _ => 9 };
        var pictures = new Option<DirectoryInfo?>("--pictures") { Description = "A folder for pictures of the pages." };
        Option<FileInfo?> json = Report.JsonOption();
        var command = new Command("dashboard", "How long pages of the dashboard take to open in a browser while many facilities are polled.") { facilities, turns, pictures, json };
        command.SetAction((parsed, cancellationToken) => RunAsync(parsed.GetValue(facilities), parsed.GetValue(turns), parsed.GetValue(pictures), parsed.GetValue(json), cancellationToken));
        return command;
    }

    private static async Task<int> RunAsync(int facilities, int turns, DirectoryInfo? pictures, FileInfo? json, CancellationToken cancellationToken)
    {
        pictures?.Create();
        using var folders = new ClaimFolders(facilities * ClaimsPerFile, ClaimsPerFile, facilities);
        await using BenchmarkDatabase database = await BenchmarkDatabase.StartAsync(WriteServer.Settings);
        using HostProcess host = HostProcess.Start(Settings(facilities, turns), LoadProfile.Library, database.ConnectionString, folders.NewInbox());

        // Each facility has been polled and has brought a file, as after a while of running; from then on polls go by the schedule.
        await host.DoAsync(HostOrder.Finish, cancellationToken);
        await host.DoAsync(HostOrder.Resume, cancellationToken);
        var problems = new List<string>();
        long stored = await database.ScalarAsync<long>("SELECT count(*) FROM claims.claim_file WHERE status = 'stored'");
        if (stored != facilities) problems.Add($"{stored} files of {facilities} facilities were stored");

        IReadOnlyList<DashboardPage> pages = DashboardPage.All(folders.FacilityIds);
        var visits = pages.ToDictionary(page => page, _ => new List<PageVisit>());
        await using PageOpener browser = await PageOpener.StartAsync();
        for (int turn = 0; turn <= turns; turn++)
        {
            foreach (DashboardPage page in pages)
            {
                string? picture = pictures is not null && turn == turns ? Path.Combine(pictures.FullName, $"{page.Name}.png") : null;
                PageVisit visit = await browser.OpenAsync(host.Address, page, picture, cancellationToken);
                visits[page].Add(visit);
                problems.AddRange(visit.Problems.Select(problem => $"{page.Name}, turn {turn}: {problem}"));
            }
        }

        return await Report.WriteAsync(
            new DashboardResult { Facilities = facilities, Turns = turns, Pages = [.. pages.Select(page => PageResult.Of(page.Name, visits[page]))] }, problems, json, cancellationToken);
    }

    /// <summary>Facilities that are polled by the default schedule, with nobody calling the API.</summary>
    private static FacilitiesSettings Settings(int facilities, int turns) => new()
    {
        Count = facilities,
        Strategy = ScheduleStrategy.Staggered,
        Interval = Interval.TotalSeconds,
        Views = true,
        Users = 0,
        UserRate = 0,
        BaseClaims = 0,
        ClaimsPerMin = 0,
        ClaimsPerFile = ClaimsPerFile,
        Seconds = 0,
        WarmUp = 0,
        Turns = turns,
        Set = [],
    };
}
