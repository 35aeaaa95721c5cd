using Microsoft.Extensions.Options;

namespace Claims.Ingestion.Pipeline;

internal sealed class PipelineOptionsValidator(string section) : IValidateOptions<PipelineOptions>
{
    public ValidateOptionsResult Validate(string? name, PipelineOptions options)
    {
        var errors = new ValidateOptionsResultBuilder();
        if (options.BatchClaims < options.MinBatchClaims)
            errors.AddError($"{section}:BatchClaims is {options.BatchClaims} and {section}:MinBatchClaims is {options.MinBatchClaims}; the size to start with must not be below the smallest one.");
        if (options.BatchClaims > options.MaxBatchClaims)
            errors.AddError($"{section}:BatchClaims is {options.BatchClaims} and {section}:MaxBatchClaims is {options.MaxBatchClaims}; the size to start with must not be above the largest one.");
        return errors.Build();
    }
}
