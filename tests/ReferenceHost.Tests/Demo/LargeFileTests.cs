using System.Globalization;
using Claims.Ingestion.TestSupport;
using FacilityGateway;

namespace ReferenceHost.Tests.Demo;

public sealed class LargeFileTests
{
    [Fact]
    public async Task Once_SubmissionOfFiftyThousandClaims_NeedsLessThan200MegabytesOfHeap()
    {
        await using ClaimsDatabase database = await ClaimsDatabase.CreateAsync();
        string inbox = Directory.CreateTempSubdirectory("claims-test-large-").FullName;
        string facility = Directory.CreateDirectory(Path.Combine(inbox, "DHA-F-0000001")).FullName;
        FileCounts truth;
        await using (FileStream file = File.Create(Path.Combine(facility, "large.xml"))) truth = SubmissionFile.WriteLarge(file, 50_000, seed: 5);
        Inbox.Age(inbox);

        // The runtime refuses to let the managed heap grow beyond this limit: the program would not survive it.
        var limits = new Dictionary<string, string> { ["DOTNET_GCHeapHardLimit"] = (200 * 1024 * 1024).ToString("X", CultureInfo.InvariantCulture) };
        using HostProcess host = await HostProcess.RunAsync(
            database.ConnectionString, limits, "--once", "--inbox", inbox, "--port", HostProcess.FreePort().ToString(CultureInfo.InvariantCulture));
        Directory.Delete(inbox, recursive: true);

        Assert.Equal($"stored files=1 claims={truth.Claims} activities={truth.Activities} remittance_claims=0 quarantined=0 skipped=0", host.LastLine);
        Assert.Equal(0, host.ExitCode);
        Assert.Equal(50_000L, await database.ScalarAsync<long>("SELECT count(*) FROM claims.claim"));
    }
}
