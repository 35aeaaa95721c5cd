namespace Claims.Ingestion.Reading;

/// <summary>Cuts claims out of a file that was read, so that they can be kept when they are left out. A reader need not offer it: see <see cref="ClaimFileReading.Excerpt"/>.</summary>
public abstract class ClaimExcerpt
{
    /// <summary>The most that is kept of one file, in bytes: 16 MiB.</summary>
    public const int MaxBytes = 16 * 1024 * 1024;

    /// <summary>The most claims that are kept of one file.</summary>
    public const int MaxClaims = 50_000;

    /// <summary>Cuts claims out. What is beyond <see cref="MaxBytes"/> and <see cref="MaxClaims"/> is not kept.</summary>
    /// <param name="positions">The positions of the claims in the file, ascending.</param>
    /// <param name="total">How many claims were left out in all: at least the number of <paramref name="positions"/>.</param>
    /// <param name="cancellationToken">The token to cancel the cutting.</param>
    /// <returns>The claims, or <see langword="null"/> when the file does not hold them any more.</returns>
    public abstract KeptClaims? Cut(IReadOnlyList<int> positions, int total, CancellationToken cancellationToken);
}

/// <summary>Claims that were cut out of a file. They are personal data: they have no text form on purpose.</summary>
public sealed class KeptClaims
{
    /// <summary>A document of the file's own format that holds just these claims, in order.</summary>
    public required byte[] Content { get; init; }

    /// <summary>The positions that the claims of the document had in the file, in the document's order.</summary>
    public required IReadOnlyList<int> Positions { get; init; }
}
