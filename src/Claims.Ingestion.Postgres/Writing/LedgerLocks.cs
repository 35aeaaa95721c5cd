using System.Buffers.Binary;
using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using Claims.Ingestion.Storage;

namespace Claims.Ingestion.Postgres.Writing;

/// <summary>
/// The locks that a storing transaction takes first: one for each external id and one for each content of its files, as numbers in
/// ascending order. All hosts take them in that one order, so no two transactions can wait for each other. Each epoch of a lease has locks of its
/// own: a host that stands still in the middle of storing keeps the host that has the facility now waiting for nothing, and <see cref="Fence"/> lets only one epoch commit.
/// </summary>
internal static class LedgerLocks
{
    public static long[] Of(IEnumerable<ClaimFile> files) =>
        [.. files.SelectMany(file => new[] { Key(file, "id", Encoding.UTF8.GetBytes(file.ExternalId)), Key(file, "content", file.ContentHash.Span) }).Distinct().Order()];

    private static long Key(ClaimFile file, string what, ReadOnlySpan<byte> value)
    {
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        hash.AppendData(Encoding.UTF8.GetBytes(string.Create(CultureInfo.InvariantCulture, $"{file.FacilityId}\0{file.LeaseEpoch}\0{what}\0")));
        hash.AppendData(value);
        return BinaryPrimitives.ReadInt64BigEndian(hash.GetHashAndReset());
    }
}
