using System.Net.Http.Json;
using Claims.Ingestion.Facilities;
using FacilityGateway.Gateway;

namespace ReferenceHost.Demo;

/// <summary>The facilities of a simulated gateway, and their logins.</summary>
internal sealed class GatewayFacilities(Uri address, IReadOnlyList<GatewayAccount> accounts) : IFacilityDirectory, ICredentialProvider
{
    private readonly IReadOnlyList<Facility> _facilities = [.. accounts.Select(account => new Facility(account.FacilityId, "eclaimlink", address.AbsoluteUri))];
    private readonly Dictionary<string, FacilityCredential> _credentials =
        accounts.ToDictionary(account => account.FacilityId, account => new FacilityCredential(account.Login, account.Password), StringComparer.Ordinal);

    /// <summary>Asks a gateway of another process which facilities it has.</summary>
    /// <exception cref="IOException">It does not answer, or is no simulated gateway.</exception>
    public static async Task<GatewayFacilities> AskAsync(Uri address, CancellationToken cancellationToken)
    {
        using var client = new HttpClient();
        try
        {
            return new GatewayFacilities(address, await client.GetFromJsonAsync<GatewayAccount[]>(new Uri(address, "/control/accounts"), cancellationToken) ?? []);
        }
        catch (Exception exception) when (exception is HttpRequestException or System.Text.Json.JsonException)
        {
            throw new IOException($"No simulated gateway answers at {address}: {exception.Message} Start one with 'dotnet run --project samples/FacilityGateway -- serve'.", exception);
        }
    }

    public ValueTask<IReadOnlyList<Facility>> GetFacilitiesAsync(CancellationToken cancellationToken) => ValueTask.FromResult(_facilities);

    public ValueTask<FacilityCredential?> GetCredentialAsync(Facility facility, CancellationToken cancellationToken) =>
        ValueTask.FromResult(_credentials.GetValueOrDefault(facility.Id));
}
