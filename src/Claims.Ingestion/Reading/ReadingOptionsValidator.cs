using Microsoft.Extensions.Options;

namespace Claims.Ingestion.Reading;

internal sealed class ReadingOptionsValidator(string section) : IValidateOptions<ReadingOptions>
{
    public ValidateOptionsResult Validate(string? name, ReadingOptions options) =>
        options.UtcOffset.Ticks % TimeSpan.TicksPerMinute != 0
            ? ValidateOptionsResult.Fail($"{section}:UtcOffset is {options.UtcOffset}; it must be a whole number of minutes.")
            : ValidateOptionsResult.Success;
}
