using Microsoft.Extensions.Options;

namespace Claims.Ingestion.Facilities;

/// <summary>The facilities of the configuration section, as it is now: a reload takes effect at the next planning round.</summary>
internal sealed class ConfiguredFacilities(IOptionsMonitor<FacilityListOptions> options) : IFacilityDirectory
{
    private readonly Lock _lock = new();
    private FacilityListOptions? _options;
    private IReadOnlyList<Facility> _facilities = [];

    public ValueTask<IReadOnlyList<Facility>> GetFacilitiesAsync(CancellationToken cancellationToken)
    {
        FacilityListOptions current = options.CurrentValue;
        lock (_lock)
        {
            // A reload makes new options. Until then the list stays the same one, by which the scheduler knows that nothing changed.
            if (!ReferenceEquals(_options, current)) (_options, _facilities) = (current, [.. current.Facilities.Select(f => f.ToFacility())]);
            return ValueTask.FromResult(_facilities);
        }
    }
}
