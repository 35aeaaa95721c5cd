using FacilityGateway.Generation;

namespace FacilityGateway.Gateway;

/// <summary>What the real service does not do the same way each time; here a pure function of seed, facility and file.</summary>
internal sealed class Quirks(int seed)
{
    /// <summary>How an answer says that there are no files.</summary>
    public enum Nothing
    {
        EmptyList,
        EmptyElement,
        NoElement,
    }

    /// <summary>Whether lists are written with single quotes and a blank after the equals sign.</summary>
    public bool HasSingleQuotes(string facilityId) => Of(facilityId, 'q').Chance(0.25);

    public Nothing NothingFor(string facilityId) => (Nothing)Of(facilityId, '0').Below(3);

    /// <summary>Whether the base64 of a file is wrapped in lines.</summary>
    public bool WrapsBase64(string fileId) => Of(fileId, 'b').Chance(0.25);

    /// <summary>Whether a list shows a name with a character that breaks its XML.</summary>
    public bool HasRawName(string fileId) => Of(fileId, 'r').Chance(0.03);

    private Randomness Of(string id, char purpose) => Randomness.For((ulong)seed, Randomness.HashOf(id), purpose);
}
