using Claims.Ingestion.Storage;

namespace Claims.Ingestion.Reading;

/// <summary>Tells from the name of the root element what a file is.</summary>
internal static class RootKind
{
    private const string Submission = "Claim.Submission";
    private const string Remittance = "Remittance.Advice";
    private const int MaxNameShown = 100;

    public static ClaimFileKind? Of(string root) => root switch
    {
        Submission => ClaimFileKind.Submission,
        Remittance => ClaimFileKind.Remittance,
        _ => null,
    };

    /// <summary>The outcome of a file that is neither a submission nor a remittance.</summary>
    public static ReadOutcome Refuse(string root)
    {
        var shown = root.Length > MaxNameShown ? root[..MaxNameShown] : root;
        return IsOtherKind(root)
            ? new ReadOutcome { Status = FileStatus.Skipped, Reason = $"unsupported kind {shown}" }
            : ReadOutcome.Quarantined($"not a claim file: its root element is {shown}");
    }

    // The gateway's other kinds are named like Prior.Request. A claim file with its name misspelt in case is none of them.
    private static bool IsOtherKind(string root) =>
        root.Split('.') is [var first, var second]
        && IsWord(first)
        && IsWord(second)
        && !root.Equals(Submission, StringComparison.OrdinalIgnoreCase)
        && !root.Equals(Remittance, StringComparison.OrdinalIgnoreCase);

    private static bool IsWord(string part) => part.Length > 0 && char.IsAsciiLetterUpper(part[0]) && part.All(char.IsAsciiLetter);
}
