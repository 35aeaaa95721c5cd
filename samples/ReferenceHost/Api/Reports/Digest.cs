using System.Security.Cryptography;
using System.Text;

namespace ReferenceHost.Api.Reports;

/// <summary>A fingerprint of texts: it names a query without saying what is in it.</summary>
internal static class Digest
{
    /// <summary>128 bits, for keys and tags that must never be taken for each other.</summary>
    public static string Of(params ReadOnlySpan<string> parts)
    {
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        foreach (string part in parts)
        {
            byte[] bytes = Encoding.UTF8.GetBytes(part);
            hash.AppendData(BitConverter.GetBytes(bytes.Length));
            hash.AppendData(bytes);
        }

        return Convert.ToHexStringLower(hash.GetHashAndReset().AsSpan(0, 16));
    }

    /// <summary>48 bits: a cursor that is used with other filters by mistake is told from one that fits.</summary>
    public static string Short(string part) => Of(part)[..12];
}
