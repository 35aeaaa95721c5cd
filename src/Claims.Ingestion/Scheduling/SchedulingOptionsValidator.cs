using Microsoft.Extensions.Options;

namespace Claims.Ingestion.Scheduling;

internal sealed class SchedulingOptionsValidator(string section) : IValidateOptions<SchedulingOptions>
{
    public ValidateOptionsResult Validate(string? name, SchedulingOptions options)
    {
        var errors = new ValidateOptionsResultBuilder();
        if (options.Stagger > options.Interval)
            errors.AddError($"{section}:Stagger is {options.Stagger} and {section}:Interval is {options.Interval}; the stagger must not be longer than the interval.");
        if (options.Jitter > options.Interval)
            errors.AddError($"{section}:Jitter is {options.Jitter} and {section}:Interval is {options.Interval}; the jitter must not be longer than the interval.");
        return errors.Build();
    }
}
