using Claims.Ingestion.Scheduling;
using Claims.Ingestion.TestSupport;
using Microsoft.Extensions.DependencyInjection;

namespace Claims.Ingestion.Postgres.Tests.Leases;

public sealed class ReleaseTests
{
    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData(false, 0)]
    [InlineData(true, 1)]
    public async Task ReleaseAsync_LeaseHasRunOut_SlotIsStillToBeServed(bool hasRunOut, int abandoned)
    {
        await using ClaimsDatabase database = await ClaimsDatabase.CreateAsync();
        await using ServiceProvider services = TestServices.Create(database.ConnectionString);
        var leases = services.GetRequiredService<IFacilityLease>();
        FacilityLease lease = Assert.Single(await leases.AcquireAsync([new LeaseRequest("FAC-1", Sample.Day1, TimeSpan.Zero)], Token)).Lease;
        if (hasRunOut) await database.ExecuteAsync("UPDATE claims.facility_lease SET expires_at = clock_timestamp()");

        await leases.ReleaseAsync(lease, new PollRecord { FacilityId = "FAC-1", Slot = lease.Slot }, Token);

        Assert.Equal(abandoned, (await leases.FindAbandonedAsync(Token)).Count);
        Assert.Equal(0, await database.ScalarAsync<long>("SELECT count(owner) FROM claims.facility_lease"));
    }
}
