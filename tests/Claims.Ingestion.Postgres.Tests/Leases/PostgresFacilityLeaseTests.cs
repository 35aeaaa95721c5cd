using Claims.Ingestion.Postgres.Local;
using Claims.Ingestion.Scheduling;
using Claims.Ingestion.Storage;
using Claims.Ingestion.TestSupport;
using Microsoft.Extensions.DependencyInjection;
using Npgsql;

namespace Claims.Ingestion.Postgres.Tests.Leases;

/// <summary>On the newest PostgreSQL of this machine.</summary>
public sealed class PostgresNewestFacilityLeaseTests() : PostgresFacilityLeaseTests(PostgresServer.AllVersions.FirstOrDefault());

/// <summary>On the oldest PostgreSQL of this machine, which may be the newest too.</summary>
public sealed class PostgresOldestFacilityLeaseTests() : PostgresFacilityLeaseTests(PostgresServer.AllVersions.LastOrDefault());

public abstract class PostgresFacilityLeaseTests(PostgresBinaries? version) : FacilityLeaseConformance, IAsyncLifetime
{
    private ClaimsDatabase _database = null!;
    private ServiceProvider _host = null!;
    private ServiceProvider _otherHost = null!;

    protected override IFacilityLease Leases => _host.GetRequiredService<IFacilityLease>();

    private IFacilityLease OtherHost => _otherHost.GetRequiredService<IFacilityLease>();

    public async ValueTask InitializeAsync()
    {
        _database = await ClaimsDatabase.CreateAsync(version);
        _host = TestServices.Create(_database.ConnectionString);
        _otherHost = TestServices.Create(_database.ConnectionString);
    }

    public async ValueTask DisposeAsync()
    {
        await _host.DisposeAsync();
        await _otherHost.DisposeAsync();
        await _database.DisposeAsync();
    }

    [Fact]
    public void Duration_IsTheLeaseTime() => Assert.Equal(TimeSpan.FromSeconds(15), Leases.Duration);

    [Fact]
    public async Task Acquire_ManyHostsAtOnce_EachFacilityIsGrantedToOneOfThem()
    {
        LeaseRequest[] requests = [.. Enumerable.Range(0, 200).Select(i => Request($"F-{i:D3}", Slot))];
        var random = new Random(3);

        IReadOnlyList<LeaseGrant>[] grants = await Task.WhenAll(Enumerable.Range(0, 16).Select(i => Task.Run(async () =>
        {
            LeaseRequest[] mine = [.. requests];
            lock (random) random.Shuffle(mine);
            return await (i % 2 == 0 ? Leases : OtherHost).AcquireAsync(mine, Token);
        })));

        Assert.Equal(requests.Select(r => r.FacilityId), grants.SelectMany(g => g).Select(g => g.Lease.FacilityId).Order(StringComparer.Ordinal));
        Assert.Equal(0L, await _database.ScalarAsync<long>("SELECT deadlocks FROM pg_stat_database WHERE datname = current_database()"));
    }

    [Fact]
    public async Task Expired_IsFoundAndGoesToAnotherHostWithAHigherEpoch()
    {
        FacilityLease lost = await AcquireAsync("A");
        Assert.Empty(await OtherHost.FindAbandonedAsync(Token));
        await ExpireAsync();

        AbandonedSlot abandoned = Assert.Single(await OtherHost.FindAbandonedAsync(Token));
        LeaseGrant taken = Assert.Single(await OtherHost.AcquireAsync([Request(abandoned.FacilityId, abandoned.Slot)], Token));

        Assert.Equal(("A", Slot, lost.Epoch + 1), (taken.Lease.FacilityId, taken.Lease.Slot, taken.Lease.Epoch));
        Assert.Empty(await Leases.RenewAsync([lost], Token));
        await Leases.ReleaseAsync(lost, Record("A", Slot), Token);
        Assert.Empty(await Leases.GetChangedRecordsAsync(Token));
        Assert.Equal([taken.Lease], await OtherHost.RenewAsync([taken.Lease], Token));
    }

    [Fact]
    public async Task Expired_ThoughNobodyTookIt_IsLost()
    {
        FacilityLease lease = await AcquireAsync("A");
        await ExpireAsync();

        Assert.Empty(await Leases.RenewAsync([lease], Token));
    }

    [Fact]
    public async Task Stopped_SlotThatWasBegun_GoesToAnotherHostAtOnce()
    {
        await Leases.ReleaseAsync(await AcquireAsync("A"), null, Token);

        Assert.Equal([new AbandonedSlot("A", Slot)], await OtherHost.FindAbandonedAsync(Token));
    }

    [Fact]
    public async Task Store_UnderTheLease_KeepsTheEpoch()
    {
        FacilityLease lease = await AcquireAsync("DHA-F-0000001");

        await StoreAsync("f", lease);

        Assert.Equal(lease.Epoch, await _database.ScalarAsync<long>("SELECT lease_epoch FROM claims.claim_file"));
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Store_LeaseIsLost_KeepsNothing(bool isTaken)
    {
        FacilityLease lease = await AcquireAsync("DHA-F-0000001");
        await ExpireAsync();
        if (isTaken) await OtherHost.AcquireAsync([Request("DHA-F-0000001", Slot)], Token);

        var lost = await Assert.ThrowsAsync<LeaseLostException>(() => StoreAsync("f", lease));

        Assert.Equal(["DHA-F-0000001"], lost.FacilityIds);
        Assert.Equal((0L, 0L), (await _database.ScalarAsync<long>("SELECT count(*) FROM claims.claim_file"), await _database.ScalarAsync<long>("SELECT count(*) FROM claims.claim")));
    }

    [Fact]
    public async Task Store_BetweenItsLastCheckAndItsCommit_NobodyTakesTheLease()
    {
        FacilityLease lease = await AcquireAsync("A");
        await using NpgsqlConnection storing = await _database.DataSource.OpenConnectionAsync(Token);
        await using NpgsqlTransaction transaction = await storing.BeginTransactionAsync(Token);
        await using (var check = new NpgsqlCommand("SELECT FROM claims.facility_lease WHERE facility_id = 'A' FOR KEY SHARE", storing, transaction)) await check.ExecuteNonQueryAsync(Token);

        Assert.Equal([lease], await Leases.RenewAsync([lease], Token));
        await ExpireAsync();
        Assert.Empty(await OtherHost.AcquireAsync([Request("A", Slot)], Token));
        await transaction.CommitAsync(Token);
        Assert.Single(await OtherHost.AcquireAsync([Request("A", Slot)], Token));
    }

    private Task StoreAsync(string externalId, FacilityLease lease) => _host.Store().StoreAsync(
        [new SampleFile(externalId, Sample.Outcome(Reading.ClaimFileKind.Submission, Sample.Day1, 1), [new Reading.ClaimSlice { Submitted = [Sample.Claim("C1", 10)] }], leaseEpoch: lease.Epoch)], Token);

    private Task ExpireAsync() => _database.ExecuteAsync("UPDATE claims.facility_lease SET expires_at = clock_timestamp() - interval '1 second' WHERE owner IS NOT NULL");
}
