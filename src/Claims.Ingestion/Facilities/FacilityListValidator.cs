using Claims.Ingestion.Polling;
using Microsoft.Extensions.Options;

namespace Claims.Ingestion.Facilities;

internal sealed class FacilityListValidator(IEnumerable<IFacilityPoller> pollers) : IValidateOptions<FacilityListOptions>
{
    private readonly FacilityRules _rules = new(pollers);

    public ValidateOptionsResult Validate(string? name, FacilityListOptions options)
    {
        var errors = new ValidateOptionsResultBuilder();
        foreach (FacilityProblem problem in _rules.Check([.. options.Facilities.Select(f => f.ToFacility())]))
            errors.AddError($"Claims:Facilities:{problem.Index}:{problem.Setting} {problem.Text}");
        return errors.Build();
    }
}
