using System.Globalization;
using Microsoft.Extensions.Options;

namespace ReferenceHost.Api.Admin;

/// <summary>Who may act on the ingestion.</summary>
internal sealed class AdminOptions
{
    public const string Section = "Admin";

    /// <summary>The key that operators show, in the header <c>X-Api-Key</c> or to sign in. A host of your own has its own way of knowing them: see docs/admin-api.md.</summary>
    /// <value>None by default: then actions are off. At least 16 characters.</value>
    public string? ApiKey { get; set; }
}

/// <summary>Refuses a key that could be guessed.</summary>
internal sealed class AdminOptionsValidator : IValidateOptions<AdminOptions>
{
    private const int ShortestKey = 16;

    public ValidateOptionsResult Validate(string? name, AdminOptions options) => options.ApiKey?.Trim().Length is > 0 and < ShortestKey and { } length
        ? ValidateOptionsResult.Fail(string.Create(
            CultureInfo.InvariantCulture,
            $"Admin:ApiKey has {length} characters; it must have at least {ShortestKey}, for example those of 'openssl rand -base64 24', or be left out to keep actions off."))
        : ValidateOptionsResult.Success;
}
