using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;

namespace Claims.Ingestion.Facilities;

/// <summary>
/// The facilities of the configuration section, as it is now: a reload takes effect at the next planning round. After a reload with an error the list
/// before it stays in force.
/// </summary>
internal sealed class ConfiguredFacilities(IOptionsMonitor<FacilityListOptions> options, ILogger<ConfiguredFacilities> logger) : IFacilityDirectory
{
    private readonly Lock _lock = new();
    private FacilityListOptions? _options;
    private string? _error;
    private IReadOnlyList<Facility> _facilities = [];

    public ValueTask<IReadOnlyList<Facility>> GetFacilitiesAsync(CancellationToken cancellationToken)
    {
        lock (_lock)
        {
            if (Current() is { } current && !ReferenceEquals(_options, current))
            {
                // A reload makes new options. Until then the list stays the same one, by which the scheduler knows that nothing changed.
                _facilities = [.. current.Facilities.Select(f => f.ToFacility())];
                _options = current;
            }

            return ValueTask.FromResult(_facilities);
        }
    }

    /// <returns>The options, or <see langword="null"/> when a reload made them invalid.</returns>
    private FacilityListOptions? Current()
    {
        try
        {
            FacilityListOptions current = options.CurrentValue;
            _error = null;
            return current;
        }
        catch (Exception exception) when (_options is not null && exception is OptionsValidationException or InvalidOperationException)
        {
            if (_error != exception.Message) logger.ReloadRefused(exception.Message);
            _error = exception.Message;
            return null;
        }
    }
}
