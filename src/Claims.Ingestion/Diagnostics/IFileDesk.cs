using Claims.Ingestion.Storage;

namespace Claims.Ingestion.Diagnostics;

/// <summary>What operators ask of the ledger. A store that has one gives it; without it nobody can look into files.</summary>
internal interface IFileDesk
{
    /// <summary>Finds files, the newest first.</summary>
    Task<IReadOnlyList<FileEntry>> SearchAsync(FileSearch search, CancellationToken cancellationToken);

    /// <returns>A file with the claims that were left out of it; <see langword="null"/> when there is none of this number.</returns>
    Task<FileDetails?> FindAsync(long id, CancellationToken cancellationToken);
}

/// <summary>Which files are looked for.</summary>
/// <param name="FacilityId">The facility; <see langword="null"/> for all.</param>
/// <param name="Status">The fate; <see langword="null"/> for all.</param>
/// <param name="Text">The start of the external id or of the name, whatever its case; <see langword="null"/> for all.</param>
/// <param name="Before">Only files of lower numbers; <see langword="null"/> to begin with the newest.</param>
/// <param name="Limit">How many at most.</param>
internal sealed record FileSearch(string? FacilityId, FileStatus? Status, string? Text, long? Before, int Limit);

/// <summary>A file of the ledger.</summary>
internal sealed record FileEntry(
    long Id, string FacilityId, string ExternalId, string Name, string? Kind, FileStatus Status, int ClaimCount, int LeftOutCount, string? Error, DateTimeOffset ReceivedAt, DateTimeOffset StoredAt);

/// <summary>A file with what was wrong with it, and where it came by.</summary>
/// <param name="Entry">The file.</param>
/// <param name="Warnings">What was odd about it and did not matter.</param>
/// <param name="LeftOut">The claims that were left out, with position, rule and reason; the first thousand.</param>
/// <param name="CanReplay">Whether something of it is kept that may be stored after its cause is mended.</param>
/// <param name="Origin">The poll, batch, host and trace that brought it, by name; empty for files of before these were kept.</param>
internal sealed record FileDetails(FileEntry Entry, IReadOnlyList<string> Warnings, IReadOnlyList<LeftOutClaim> LeftOut, bool CanReplay, IReadOnlyDictionary<string, string> Origin);

/// <summary>A claim that was left out of a stored file.</summary>
internal sealed record LeftOutClaim(int Position, string? ClaimId, int? Line, string Rule, string Reason);
