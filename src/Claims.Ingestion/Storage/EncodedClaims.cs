using Claims.Ingestion.Reading;

namespace Claims.Ingestion.Storage;

/// <summary>Claims of one file in the form in which a store keeps them. Whoever got it from the store gives it claims, and disposes it when the file has its fate.</summary>
public abstract class EncodedClaims : IDisposable
{
    /// <summary>How much memory is held, in bytes.</summary>
    public abstract long Length { get; }

    /// <summary>Encodes further claims, in the file's order. They need not be kept after that.</summary>
    /// <param name="slice">The claims.</param>
    public abstract void Add(ClaimSlice slice);

    /// <summary>Gives the memory back. May be called more than once.</summary>
    public abstract void Dispose();
}
