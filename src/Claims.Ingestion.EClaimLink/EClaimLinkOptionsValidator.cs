using Claims.Ingestion.Diagnostics;
using Microsoft.Extensions.Options;

namespace Claims.Ingestion.EClaimLink;

/// <summary>Checks each search, and the settings that depend on each other.</summary>
internal sealed class EClaimLinkOptionsValidator(string section) : IValidateOptions<EClaimLinkOptions>
{
    public ValidateOptionsResult Validate(string? name, EClaimLinkOptions options)
    {
        var errors = new ValidateOptionsResultBuilder();
        for (int i = 0; i < options.Searches.Count; i++)
            errors.AddResult(new RangeOptionsValidator<SearchQuery>($"{section}:{nameof(options.Searches)}:{i}").Validate(name, options.Searches[i]));
        if (options.TotalTimeout < options.AttemptTimeout)
        {
            errors.AddError(
                $"{section}:{nameof(options.TotalTimeout)} is {options.TotalTimeout}; it must be at least {nameof(options.AttemptTimeout)}, which is {options.AttemptTimeout}.");
        }

        if (options.MaxRetryDelay < options.RetryDelay)
        {
            errors.AddError(
                $"{section}:{nameof(options.MaxRetryDelay)} is {options.MaxRetryDelay}; it must be at least {nameof(options.RetryDelay)}, which is {options.RetryDelay}.");
        }

        return errors.Build();
    }
}
