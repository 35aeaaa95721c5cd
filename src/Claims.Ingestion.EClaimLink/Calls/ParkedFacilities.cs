using System.Collections.Concurrent;
using System.Security.Cryptography;
using System.Text;
using Claims.Ingestion.Facilities;
using Claims.Ingestion.Polling;
using Microsoft.Extensions.Logging;

namespace Claims.Ingestion.EClaimLink.Calls;

/// <summary>
/// Remembers which credential a gateway refused, so that it is not tried again: repeated failures can lock an account.
/// Only a fingerprint is kept, keyed with a secret of this process.
/// </summary>
internal sealed class ParkedFacilities(ILogger<ParkedFacilities> logger)
{
    private readonly byte[] _key = RandomNumberGenerator.GetBytes(32);
    private readonly ConcurrentDictionary<string, (byte[] Fingerprint, int Code)> _parked = new(StringComparer.Ordinal);

    public void Park(Facility facility, FacilityCredential credential, int code)
    {
        _parked[facility.Id] = (FingerprintOf(credential), code);
        logger.Parked(facility.Id, code);
    }

    /// <exception cref="FacilityPollException">The facility's credential was refused and has not changed since.</exception>
    public void ThrowIfParked(Facility facility, FacilityCredential credential)
    {
        if (!_parked.TryGetValue(facility.Id, out var parked)) return;
        if (CryptographicOperations.FixedTimeEquals(parked.Fingerprint, FingerprintOf(credential))) throw Error(facility, parked.Code);
        if (_parked.TryRemove(new(facility.Id, parked))) logger.Resumed(facility.Id);
    }

    public static FacilityPollException Error(Facility facility, int code) => new(
        $"Facility {facility.Id}: {ResultCodes.Describe(code)}. It is not called again until its login or password is changed: " +
        $"correct Claims:Credentials:{facility.Id}, or its entry in the credential store, and the next poll goes on.")
    {
        Outcome = PollOutcome.CredentialRefused,
    };

    private byte[] FingerprintOf(FacilityCredential credential) =>
        HMACSHA256.HashData(_key, Encoding.UTF8.GetBytes($"{credential.Login.Length}:{credential.Login}{credential.Password}"));
}
