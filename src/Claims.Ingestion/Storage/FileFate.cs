using Claims.Ingestion.Reading;

namespace Claims.Ingestion.Storage;

/// <summary>What became of a claim file.</summary>
public enum FileStatus
{
    /// <summary>Its claims are in the store; claims with errors were left out and recorded.</summary>
    Stored,

    /// <summary>It could not be read; its bytes are kept with the reason.</summary>
    Quarantined,

    /// <summary>It was put aside on purpose: a test file, an unsupported kind, content that is stored already.</summary>
    Skipped,
}

/// <summary>How much of a claim file was stored.</summary>
/// <param name="Claims">Claims of a submission.</param>
/// <param name="Activities">Activities of those claims.</param>
/// <param name="RemittanceClaims">Claims of a remittance.</param>
/// <param name="LeftOut">Claims left out because of an error.</param>
public readonly record struct FileCounts(int Claims, int Activities, int RemittanceClaims, int LeftOut);

/// <summary>The committed fate of a claim file, as the ledger remembers it.</summary>
/// <param name="Status">What became of the file.</param>
/// <param name="Kind">The kind of file, when it could be told.</param>
/// <param name="Counts">How much of it was stored.</param>
/// <param name="Reason">Why it was quarantined or skipped; <see langword="null"/> for a stored file. Without personal data.</param>
public sealed record FileFate(FileStatus Status, ClaimFileKind? Kind, FileCounts Counts, string? Reason);
