using Claims.Ingestion.Polling;
using Microsoft.Extensions.Options;

namespace Claims.Ingestion.Facilities;

internal sealed class FacilityListValidator(IEnumerable<IFacilityPoller> pollers) : IValidateOptions<FacilityListOptions>
{
    public ValidateOptionsResult Validate(string? name, FacilityListOptions options)
    {
        var errors = new ValidateOptionsResultBuilder();
        string[] kinds = [.. pollers.Select(p => p.Kind).Order(StringComparer.Ordinal)];
        var seen = new HashSet<string>(StringComparer.Ordinal);
        for (int i = 0; i < options.Facilities.Count; i++)
        {
            FacilityOptions facility = options.Facilities[i];
            string setting = $"Claims:Facilities:{i}";
            if (string.IsNullOrWhiteSpace(facility.Id))
                errors.AddError($"{setting}:Id is empty; it must be the facility's licence number.");
            else if (!seen.Add(facility.Id.Trim()))
                errors.AddError($"{setting}:Id is {facility.Id.Trim()}, which another facility has; each id may stand once.");
            if (string.IsNullOrWhiteSpace(facility.Endpoint))
                errors.AddError($"{setting}:Endpoint is empty; it must say where the files of facility {facility.Id} are.");
            if (!kinds.Contains(facility.Poller?.Trim(), StringComparer.Ordinal))
                errors.AddError($"{setting}:Poller is '{facility.Poller}'; it must be one of the registered pollers: {string.Join(", ", kinds)}.");
        }

        return errors.Build();
    }
}
