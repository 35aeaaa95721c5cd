using Claims.Ingestion.Storage;

namespace Claims.Ingestion.Reading;

/// <summary>How the reading of a claim file ended.</summary>
public sealed class ReadOutcome
{
    /// <summary>Whether the file can be stored, must be quarantined, or is to be skipped.</summary>
    public required FileStatus Status { get; init; }

    /// <summary>Why the file is quarantined or skipped, with line and column where there are any; without the file's content.</summary>
    /// <value><see langword="null"/> for a file that can be stored.</value>
    public string? Reason { get; init; }

    /// <summary>The kind of the file, when it could be told.</summary>
    public ClaimFileKind? Kind { get; init; }

    /// <summary>The file's header, when it could be read.</summary>
    public FileHeader? Header { get; init; }

    /// <summary>What was odd, though the file was read; at most <see cref="MaxWarnings"/>, the last of which then says how many more there were.</summary>
    public IReadOnlyList<string> Warnings { get; init; } = [];

    /// <summary>How many warnings an outcome keeps.</summary>
    public const int MaxWarnings = 100;

    /// <summary>Makes the outcome of a file that must be quarantined.</summary>
    /// <param name="reason">What is wrong, and where.</param>
    /// <returns>The outcome.</returns>
    public static ReadOutcome Quarantined(string reason) => new() { Status = FileStatus.Quarantined, Reason = reason };
}
