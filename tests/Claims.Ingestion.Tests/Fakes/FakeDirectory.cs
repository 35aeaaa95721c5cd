using Claims.Ingestion.Facilities;

namespace Claims.Ingestion.Tests.Fakes;

internal sealed class FakeDirectory : IFacilityDirectory
{
    public IReadOnlyList<Facility> Facilities { get; set; } = [];

    public Exception? Error { get; set; }

    public ValueTask<IReadOnlyList<Facility>> GetFacilitiesAsync(CancellationToken cancellationToken) =>
        Error is null ? ValueTask.FromResult(Facilities) : ValueTask.FromException<IReadOnlyList<Facility>>(Error);
}
