using Claims.Ingestion.Facilities;

namespace Claims.Ingestion.Dashboard.Tests.Support;

internal sealed class FakeFacilities(IReadOnlyList<Facility> facilities) : IFacilityDirectory
{
    public ValueTask<IReadOnlyList<Facility>> GetFacilitiesAsync(CancellationToken cancellationToken) => ValueTask.FromResult(facilities);
}
