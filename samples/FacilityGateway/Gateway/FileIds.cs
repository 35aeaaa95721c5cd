using System.Buffers.Binary;
using FacilityGateway.Generation;

namespace FacilityGateway.Gateway;

/// <summary>Ids that are the same in every run.</summary>
internal static class FileIds
{
    /// <param name="seed">The seed of the world.</param>
    /// <param name="facilityId">The facility.</param>
    /// <param name="name">The name of the file.</param>
    /// <param name="sameName">How many files of that name the facility has already.</param>
    public static Guid Of(int seed, string facilityId, string name, int sameName = 0)
    {
        var random = Randomness.For((ulong)seed, Randomness.HashOf(facilityId), Randomness.HashOf(name), (ulong)sameName, 'g');
        Span<byte> bytes = stackalloc byte[16];
        BinaryPrimitives.WriteUInt64BigEndian(bytes, random.Next());
        BinaryPrimitives.WriteUInt64BigEndian(bytes[8..], random.Next());
        return new Guid(bytes, bigEndian: true);
    }
}
