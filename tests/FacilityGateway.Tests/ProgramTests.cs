using System.Text.Json;

namespace FacilityGateway.Tests;

public sealed class ProgramTests : IDisposable
{
    private readonly DirectoryInfo _directory = Directory.CreateTempSubdirectory("facility-gateway-");
    private readonly StringWriter _output = new();
    private readonly StringWriter _error = new();

    [Fact]
    public async Task Generate_SmallWorld_WritesTheFilesAndTheTruth()
    {
        var inbox = Path.Combine(_directory.FullName, "inbox");
        var truthFile = Path.Combine(_directory.FullName, "truth.json");
        var world = new World(new WorldOptions { Facilities = 2, FilesPerFacility = 9, ClaimsPerFile = 4, Seed = 5, BrokenFileShare = 0.3 });
        var truth = world.ComputeTruth(cancellationToken: TestContext.Current.CancellationToken);

        var exit = await RunAsync("generate", "--out", inbox, "--facilities", "2", "--files", "9", "--claims", "4", "--seed", "5", "--broken", "0.3", "--truth", truthFile);

        Assert.Equal("", _error.ToString());
        Assert.Equal(0, exit);
        var totals = truth.Totals;
        Assert.Equal(
            $"expected files={totals.Files} claims={totals.Claims} activities={totals.Activities} remittance_claims={totals.RemittanceClaims} quarantined={totals.Quarantined} skipped={totals.Skipped}{Environment.NewLine}",
            _output.ToString());
        var files = world.Files().ToList();
        Assert.Equal(
            files.Select(file => Path.Combine(inbox, file.FacilityId, file.Name)).Order(StringComparer.Ordinal),
            Directory.EnumerateFiles(inbox, "*", SearchOption.AllDirectories).Order(StringComparer.Ordinal));
        foreach (var file in files)
            Assert.Equal(file.ToBytes(), await File.ReadAllBytesAsync(Path.Combine(inbox, file.FacilityId, file.Name), TestContext.Current.CancellationToken));

        using var json = JsonDocument.Parse(await File.ReadAllTextAsync(truthFile, TestContext.Current.CancellationToken));
        Assert.Equal(totals.RemittanceClaims, json.RootElement.GetProperty("totals").GetProperty("remittance_claims").GetInt64());
        Assert.Equal(truth.Balance.Count, json.RootElement.GetProperty("balance").GetArrayLength());
        Assert.Equal(truth.Payerwise[0].RejectedPctOfBilled, json.RootElement.GetProperty("payerwise")[0].GetProperty("rejected_pct_of_billed").GetDecimal());
    }

    [Fact]
    public async Task Generate_WithoutOut_SaysWhatIsMissing()
    {
        var exit = await RunAsync("generate");

        Assert.Equal(1, exit);
        Assert.Contains("--out", _error.ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Generate_NoNumber_NamesTheOption()
    {
        var exit = await RunAsync("generate", "--out", _directory.FullName, "--files", "many");

        Assert.Equal(1, exit);
        Assert.Contains("'many' for option '--files'", _error.ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Generate_NumberOutOfLimits_NamesTheLimits()
    {
        var exit = await RunAsync("generate", "--out", _directory.FullName, "--broken", "1.5");

        Assert.Equal(1, exit);
        Assert.Equal($"BrokenFileShare is 1.5; it must be from 0 to 1.{Environment.NewLine}", _error.ToString());
        Assert.Empty(_directory.EnumerateFileSystemInfos());
    }

    [Fact]
    public async Task Generate_OutIsAFile_Fails()
    {
        var file = Path.Combine(_directory.FullName, "file");
        await File.WriteAllTextAsync(file, "", TestContext.Current.CancellationToken);

        var exit = await RunAsync("generate", "--out", file);

        Assert.Equal(1, exit);
        Assert.NotEqual("", _error.ToString());
    }

    [Fact]
    public async Task Run_UnknownCommand_Fails() => Assert.Equal(1, await RunAsync("degenerate"));

    public void Dispose()
    {
        _directory.Delete(recursive: true);
        _output.Dispose();
        _error.Dispose();
    }

    private Task<int> RunAsync(params string[] args) => Program.RunAsync(args, _output, _error, TestContext.Current.CancellationToken);
}
