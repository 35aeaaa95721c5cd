using Claims.Ingestion.Scheduling;
using Microsoft.Extensions.DependencyInjection;

namespace Claims.Ingestion.Postgres.Tests.Leases;

public sealed class SingleHostLeaseTests : FacilityLeaseConformance, IAsyncDisposable
{
    private readonly ServiceProvider _services = new ServiceCollection().AddLogging().AddClaimsIngestion().UseInMemoryStore().Services.BuildServiceProvider();

    protected override IFacilityLease Leases => _services.GetRequiredService<IFacilityLease>();

    [Fact]
    public void Duration_OneHost_IsForEver() => Assert.Null(Leases.Duration);

    public ValueTask DisposeAsync() => _services.DisposeAsync();
}
