using Microsoft.Extensions.Options;

namespace Claims.Ingestion.Scheduling;

internal sealed class SchedulingOptionsValidator(string section) : IValidateOptions<SchedulingOptions>
{
    public ValidateOptionsResult Validate(string? name, SchedulingOptions options) =>
        options.Stagger > options.Interval
            ? ValidateOptionsResult.Fail($"{section}:Stagger is {options.Stagger} and {section}:Interval is {options.Interval}; the stagger must not be longer than the interval.")
            : ValidateOptionsResult.Success;
}
