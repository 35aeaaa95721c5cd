using System.Globalization;
using Claims.Ingestion.TestSupport;
using FacilityGateway;

namespace ReferenceHost.Tests.Demo;

/// <summary>
/// Kills the real program at random moments and lets it go on: nothing may be lost or doubled. The environment variable
/// CLAIMS_KILLS says how often; without it, it is the short form.
/// </summary>
public sealed class KillTests
{
    private static readonly int Kills = int.Parse(Environment.GetEnvironmentVariable("CLAIMS_KILLS") ?? "3", CultureInfo.InvariantCulture);

    /// <summary>Asked without a pause, the database would take the processor from the program that is to be met at work.</summary>
    private static readonly TimeSpan Pace = TimeSpan.FromMilliseconds(5);

    [Fact]
    public async Task Kill_AtRandomMoments_LeavesTheRowsOfAnUndisturbedRun()
    {
        var world = new WorldOptions { Facilities = 6, FilesPerFacility = 12, ClaimsPerFile = 20, Seed = 11, BrokenFileShare = 0.1 };
        await using ClaimsDatabase undisturbed = await ClaimsDatabase.CreateAsync();
        using (Inbox inbox = await Inbox.CreateAsync(world))
        {
            using HostProcess whole = await RunAsync(undisturbed, inbox);
            Assert.Equal(0, whole.ExitCode);
        }

        IReadOnlyList<string> expected = await Contents.OfAsync(undisturbed);
        await using ClaimsDatabase killed = await ClaimsDatabase.CreateAsync();
        using Inbox again = await Inbox.CreateAsync(world);
        var random = new Random(Seed: 20);
        int files = world.Facilities * world.FilesPerFacility;
        int inTheMiddle = 0;
        for (int kill = 1; kill <= Kills; kill++)
        {
            // The moment is a number of files in the ledger and a bit, so that it lies anywhere in the work.
            using HostProcess host = Start(killed, again);
            long target = files * kill / (Kills + 1L);
            while (!host.HasExited && await killed.ScalarAsync<long>("SELECT count(*) FROM claims.claim_file") < target)
                await Task.Delay(Pace, TimeProvider.System, TestContext.Current.CancellationToken);

            for (int i = random.Next(20); i > 0 && !host.HasExited; i--) await killed.ScalarAsync<int>("SELECT 1");
            if (!host.HasExited) inTheMiddle++;
            host.Kill();
            await host.WaitForExitAsync();
        }

        using HostProcess last = await RunAsync(killed, again);

        Assert.Equal(0, last.ExitCode);
        Assert.True(inTheMiddle > 0, "No kill met the program at work.");
        Assert.Equal(expected, await Contents.OfAsync(killed));
        Assert.DoesNotContain(
            Directory.EnumerateFiles(again.Folder, "*", SearchOption.AllDirectories), file => Path.GetFileName(Path.GetDirectoryName(file)) is not ("stored" or "quarantined"));
    }

    private static HostProcess Start(ClaimsDatabase database, Inbox inbox) => HostProcess.Start(database.ConnectionString, Slow, Arguments(inbox));

    private static Task<HostProcess> RunAsync(ClaimsDatabase database, Inbox inbox) => HostProcess.RunAsync(database.ConnectionString, Slow, Arguments(inbox));

    private static string[] Arguments(Inbox inbox) =>
        ["--once", "--inbox", inbox.Folder, "--port", HostProcess.FreePort().ToString(CultureInfo.InvariantCulture)];

    /// <summary>Small batches by one writer make many commits to be killed between, and the next run need not wait long for the leases of the killed one.</summary>
    private static Dictionary<string, string> Slow { get; } = new() { ["Claims__Pipeline__BatchFiles"] = "2", ["Claims__Pipeline__Writers"] = "1", ["Claims__Scheduling__LeaseTime"] = "00:00:04" };
}
