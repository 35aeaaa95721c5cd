using Microsoft.Extensions.Options;

namespace Claims.Ingestion.Facilities;

/// <summary>The facilities of the configuration section, as it is now: a reload takes effect at the next planning round.</summary>
internal sealed class ConfiguredFacilities(IOptionsMonitor<FacilityListOptions> options) : IFacilityDirectory
{
    public ValueTask<IReadOnlyList<Facility>> GetFacilitiesAsync(CancellationToken cancellationToken) =>
        ValueTask.FromResult<IReadOnlyList<Facility>>(
            [.. options.CurrentValue.Facilities.Select(f => new Facility(f.Id.Trim(), f.Poller.Trim(), f.Endpoint.Trim()) { Name = f.Name })]);
}
