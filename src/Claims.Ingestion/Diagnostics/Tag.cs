using Claims.Ingestion.Storage;

namespace Claims.Ingestion.Diagnostics;

/// <summary>The names of the tags of metrics and spans, and the words of their values.</summary>
internal static class Tag
{
    public const string Facility = "claims.facility";
    public const string File = "claims.file.external_id";
    public const string Fate = "claims.fate";
    public const string Kind = "claims.kind";
    public const string Claims = "claims.claim.count";
    public const string LeftOut = "claims.claim.left_out";
    public const string Bytes = "claims.file.size";
    public const string Files = "claims.batch.files";
    public const string Batch = "claims.batch.id";
    public const string Poll = "claims.poll.id";
    public const string PollKind = "claims.poll.kind";
    public const string PollOutcome = "claims.poll.outcome";
    public const string Volume = "claims.volume";
    public const string Circuit = "claims.circuit";
    public const string Error = "error.type";

    /// <summary>The fate of files and claims that are in the store.</summary>
    public const string Stored = "stored";

    public static string Word(FileStatus fate) => fate switch
    {
        FileStatus.Stored => Stored,
        FileStatus.Quarantined => "quarantined",
        _ => "skipped",
    };

    /// <summary>CredentialRefused becomes credential_refused.</summary>
    public static string Word<T>(T value)
        where T : struct, Enum => string.Concat(value.ToString().Select((c, i) => char.IsUpper(c) && i > 0 ? $"_{char.ToLowerInvariant(c)}" : $"{char.ToLowerInvariant(c)}"));
}
