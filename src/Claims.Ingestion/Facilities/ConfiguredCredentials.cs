using Microsoft.Extensions.Configuration;

namespace Claims.Ingestion.Facilities;

/// <summary>The credentials of the configuration: <c>Credentials:&lt;facility id&gt;:Login</c> and <c>:Password</c>, from user secrets, the environment or a mounted secret.</summary>
internal sealed class ConfiguredCredentials(IConfiguration section) : ICredentialProvider
{
    public ValueTask<FacilityCredential?> GetCredentialAsync(Facility facility, CancellationToken cancellationToken)
    {
        // Read anew each time: a reload of the configuration takes effect at the next call.
        IConfigurationSection entry = section.GetSection("Credentials").GetSection(facility.Id);
        return ValueTask.FromResult(
            entry["Login"] is { Length: > 0 } login && entry["Password"] is { Length: > 0 } password
                ? new FacilityCredential(login, password)
                : null);
    }
}
