using System.Globalization;
using Claims.Ingestion.TestSupport;
using FacilityGateway;
using FacilityGateway.Gateway;
using Npgsql;

namespace ReferenceHost.Tests.Demo;

/// <summary>The real program polls a gateway over SOAP that goes on while the program is killed.</summary>
public sealed class SoapTests : IAsyncLifetime
{
    private static readonly WorldOptions _world = new() { Facilities = 4, FilesPerFacility = 12, ClaimsPerFile = 10, Seed = 8, BrokenFileShare = 0.1 };

    /// <summary>So that the run after a kill need not wait long for the leases of the killed one.</summary>
    private static readonly Dictionary<string, string> _shortLeases = new() { ["Claims__Scheduling__LeaseTime"] = "00:00:06" };

    /// <summary>Asked without a pause, the database would take the processor from the program that is waited for.</summary>
    private static readonly TimeSpan _pace = TimeSpan.FromMilliseconds(5);

    private ClaimsDatabase _database = null!;
    private GatewayServer _gateway = null!;

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync()
    {
        _database = await ClaimsDatabase.CreateAsync();
        _gateway = await StartGatewayAsync();
    }

    public async ValueTask DisposeAsync()
    {
        await _gateway.DisposeAsync();
        await _database.DisposeAsync();
    }

    [Fact]
    public async Task Once_OverSoap_CountsEqualTheTruthAndEveryFileIsAcknowledged()
    {
        using HostProcess host = await RunAsync(_database, _gateway);

        Assert.Equal($"stored {new World(_world).ComputeTruth(reports: false, Token)}", host.LastLine);
        Assert.Equal(0, host.ExitCode);
        AssertAllAcknowledged();
        Assert.DoesNotContain(_gateway.Accounts[0].Password, host.Output, StringComparison.Ordinal);
        using HostProcess again = await RunAsync(_database, _gateway);
        Assert.Equal("stored files=0 claims=0 activities=0 remittance_claims=0 quarantined=0 skipped=0", again.LastLine);
    }

    [Fact]
    public async Task Kill_BetweenDownloadAndCommit_LosesNothingAndDoublesNothing()
    {
        using HostProcess host = Start(_database, _gateway);
        await using (NpgsqlConnection connection = await _database.DataSource.OpenConnectionAsync(Token))
        await using (NpgsqlTransaction transaction = await connection.BeginTransactionAsync(Token))
        {
            // The ledger can be read but not written: whatever was downloaded waits before its commit.
            await using (var hold = new NpgsqlCommand("LOCK TABLE claims.claim_file IN EXCLUSIVE MODE", connection, transaction)) await hold.ExecuteNonQueryAsync(Token);
            await UntilAsync("SELECT EXISTS (SELECT FROM pg_locks WHERE relation = 'claims.claim_file'::regclass AND NOT granted)", host);
            Assert.True(_gateway.Calls.CountOf(GatewayOperation.DownloadTransactionFile) > 0);
            host.Kill();
            await host.WaitForExitAsync();
        }

        Assert.Equal(0L, await _database.ScalarAsync<long>("SELECT count(*) FROM claims.claim_file"));
        Assert.Equal(0, _gateway.Inboxes.DownloadedCount());
        await AssertGoesOnAsync();
    }

    [Fact]
    public async Task Kill_BetweenCommitAndAcknowledgement_AcknowledgesInTheEndAndDoublesNothing()
    {
        FaultHandle hang = _gateway.Faults.Add(new FaultRule { Kind = GatewayFault.Hang, Operation = GatewayOperation.SetTransactionDownloaded });
        using HostProcess host = Start(_database, _gateway);
        await hang.Struck.WaitAsync(TimeSpan.FromMinutes(1), Token);
        await UntilAsync("SELECT count(*) > 0 FROM claims.claim_file", host);
        host.Kill();
        await host.WaitForExitAsync();
        hang.Remove();

        long committed = await _database.ScalarAsync<long>("SELECT count(*) FROM claims.claim_file");
        Assert.True(committed > 0);
        int downloads = _gateway.Calls.CountOf(GatewayOperation.DownloadTransactionFile);
        await AssertGoesOnAsync();
        Assert.True(_gateway.Calls.CountOf(GatewayOperation.DownloadTransactionFile) - downloads <= (_world.Facilities * _world.FilesPerFacility) - committed, "a committed file was downloaded again");
    }

    [Fact]
    public async Task Once_NoGatewayAtTheAddress_SaysWhatToDo()
    {
        await _gateway.DisposeAsync();

        using HostProcess host = await RunAsync(_database, _gateway);

        Assert.Equal(1, host.ExitCode);
        Assert.Contains($"No simulated gateway answers at {_gateway.Address}", host.LastLine, StringComparison.Ordinal);
        Assert.DoesNotContain("   at ", host.Output, StringComparison.Ordinal);
    }

    /// <summary>The next run stores what an undisturbed one does.</summary>
    private async Task AssertGoesOnAsync()
    {
        await using ClaimsDatabase undisturbed = await ClaimsDatabase.CreateAsync();
        await using GatewayServer other = await StartGatewayAsync();
        (await RunAsync(undisturbed, other)).Dispose();

        using HostProcess next = await RunAsync(_database, _gateway);

        Assert.Equal(0, next.ExitCode);
        Assert.Equal(await Contents.OfAsync(undisturbed), await Contents.OfAsync(_database));
        AssertAllAcknowledged();
    }

    private void AssertAllAcknowledged() => Assert.All(_gateway.Accounts, account => Assert.Empty(_gateway.Inboxes.Undownloaded(account.FacilityId)));

    private async Task UntilAsync(string condition, HostProcess host)
    {
        while (!await _database.ScalarAsync<bool>(condition))
        {
            Assert.False(host.HasExited, host.Output);
            await Task.Delay(_pace, TimeProvider.System, Token);
        }
    }

    private static Task<GatewayServer> StartGatewayAsync() => GatewayServer.StartAsync(new GatewayServerOptions { World = new World(_world) }, Token);

    private static HostProcess Start(ClaimsDatabase database, GatewayServer gateway) => HostProcess.Start(database.ConnectionString, _shortLeases, Arguments(gateway));

    private static Task<HostProcess> RunAsync(ClaimsDatabase database, GatewayServer gateway) => HostProcess.RunAsync(database.ConnectionString, _shortLeases, Arguments(gateway));

    private static string[] Arguments(GatewayServer gateway) =>
        ["--once", "--gateway", gateway.Address.AbsoluteUri, "--port", HostProcess.FreePort().ToString(CultureInfo.InvariantCulture)];
}
