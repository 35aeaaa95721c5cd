using System.Security.Cryptography;
using System.Text.Json;
using Claims.Ingestion.Facilities;
using Microsoft.AspNetCore.DataProtection;

namespace Claims.Ingestion.Postgres.Credentials;

/// <summary>Makes bytes of a credential that only its own facility can be given again.</summary>
internal sealed class CredentialProtection(IDataProtectionProvider provider)
{
    /// <summary>Part of what the bytes are encrypted for; with another text, none of those in the table can be read.</summary>
    private const string Purpose = "Claims.Ingestion.FacilityCredential.v1";

    /// <summary>How many of the first bytes <see cref="KeyOf"/> needs.</summary>
    public const int HeaderLength = 20;

    /// <exception cref="CryptographicException">The key ring cannot be read or written.</exception>
    public byte[] Protect(string facilityId, FacilityCredential credential) =>
        ProtectorOf(facilityId).Protect(JsonSerializer.SerializeToUtf8Bytes<string[]>([credential.Login, credential.Password]));

    /// <returns>The credential, or <see langword="null"/> when it cannot be decrypted: its key is gone or revoked, or the bytes are not this facility's.</returns>
    public FacilityCredential? Unprotect(string facilityId, byte[] bytes)
    {
        try
        {
            string[] parts = JsonSerializer.Deserialize<string[]>(ProtectorOf(facilityId).Unprotect(bytes))!;
            return new FacilityCredential(parts[0], parts[1]);
        }
        catch (CryptographicException)
        {
            return null;
        }
    }

    /// <summary>Reads the key's id from the documented header of Data Protection: a magic number of four bytes, then the id.</summary>
    public static Guid? KeyOf(ReadOnlySpan<byte> bytes) =>
        bytes.Length >= HeaderLength && bytes.StartsWith<byte>([0x09, 0xF0, 0xC9, 0xF0]) ? new Guid(bytes[4..HeaderLength]) : null;

    private IDataProtector ProtectorOf(string facilityId) => provider.CreateProtector(Purpose, facilityId);
}
