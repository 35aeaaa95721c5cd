using Microsoft.Extensions.Options;

namespace Claims.Ingestion.AspNetCore;

internal sealed class ClaimsConsistencyOptionsValidator : IValidateOptions<ClaimsConsistencyOptions>
{
    private static readonly TimeSpan Shortest = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan Longest = TimeSpan.FromDays(1);

    public ValidateOptionsResult Validate(string? name, ClaimsConsistencyOptions options)
    {
        var errors = new ValidateOptionsResultBuilder();
        Check(nameof(options.HeaderName), options.HeaderName);
        Check(nameof(options.CookieName), options.CookieName);
        if (options.MaxAge < Shortest || options.MaxAge > Longest)
            errors.AddError($"{nameof(ClaimsConsistencyOptions)}.{nameof(options.MaxAge)} is {options.MaxAge}; it must be from {Shortest} to {Longest}.");
        return errors.Build();

        void Check(string setting, string? value)
        {
            if (value is not null && !IsName(value))
                errors.AddError($"{nameof(ClaimsConsistencyOptions)}.{setting} is \"{value}\"; it must be null, or consist of letters, digits, - and _.");
        }
    }

    private static bool IsName(string value) => value.Length > 0 && value.All(c => char.IsAsciiLetterOrDigit(c) || c is '-' or '_');
}
