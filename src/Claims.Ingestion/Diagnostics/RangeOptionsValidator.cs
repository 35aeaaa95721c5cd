using System.ComponentModel.DataAnnotations;
using System.Globalization;
using System.Reflection;
using Microsoft.Extensions.Options;

namespace Claims.Ingestion.Diagnostics;

/// <summary>Checks the <see cref="RangeAttribute"/> of each setting and names the setting, its value and what is allowed.</summary>
/// <param name="section">The path of the section, for the messages.</param>
internal sealed class RangeOptionsValidator<TOptions>(string section) : IValidateOptions<TOptions>
    where TOptions : class
{
    /// <inheritdoc/>
    public ValidateOptionsResult Validate(string? name, TOptions options)
    {
        var errors = new ValidateOptionsResultBuilder();
        foreach (PropertyInfo property in typeof(TOptions).GetProperties())
        {
            object? value = property.GetValue(options);
            if (property.GetCustomAttribute<RangeAttribute>() is { } range && !range.IsValid(value))
            {
                errors.AddError(string.Create(
                    CultureInfo.InvariantCulture,
                    $"{section}:{property.Name} is {value}; it must be from {range.Minimum} to {range.Maximum}."));
            }
            else if (property.PropertyType.IsEnum && !Enum.IsDefined(property.PropertyType, value!))
            {
                errors.AddError($"{section}:{property.Name} is {value}; it must be one of {string.Join(", ", Enum.GetNames(property.PropertyType))}.");
            }
        }

        return errors.Build();
    }
}
