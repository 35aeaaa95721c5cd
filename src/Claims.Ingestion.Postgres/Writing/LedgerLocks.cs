using System.Buffers.Binary;
using System.Security.Cryptography;
using System.Text;
using Claims.Ingestion.Storage;

namespace Claims.Ingestion.Postgres.Writing;

/// <summary>
/// The locks that a storing transaction takes first: one for each external id and one for each content of its files, as numbers in
/// ascending order. All hosts take them in that one order, so no two transactions can wait for each other.
/// </summary>
internal static class LedgerLocks
{
    public static long[] Of(IEnumerable<ClaimFile> files) =>
        [.. files.SelectMany(file => new[] { Key(file.FacilityId, "id", Encoding.UTF8.GetBytes(file.ExternalId)), Key(file.FacilityId, "content", file.ContentHash.Span) }).Distinct().Order()];

    private static long Key(string facilityId, string what, ReadOnlySpan<byte> value)
    {
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        hash.AppendData(Encoding.UTF8.GetBytes($"{facilityId}\0{what}\0"));
        hash.AppendData(value);
        return BinaryPrimitives.ReadInt64BigEndian(hash.GetHashAndReset());
    }
}
