using Claims.Ingestion.Diagnostics;

namespace Claims.Ingestion.Reading;

/// <summary>A piece of a claim file of bounded size: some of its claims, in order.</summary>
public sealed class ClaimSlice
{
    /// <summary>Claims of a submission.</summary>
    public IReadOnlyList<SubmittedClaim> Submitted { get; init; } = [];

    /// <summary>Claims of a remittance.</summary>
    public IReadOnlyList<RemittedClaim> Remitted { get; init; } = [];

    /// <summary>Claims left out because of an error.</summary>
    public IReadOnlyList<ClaimError> Errors { get; init; } = [];
}

/// <summary>A claim that was left out of a file, and why.</summary>
/// <param name="Position">The position of the claim in its file, from 1.</param>
/// <param name="ClaimId">The claim's id, when it could be read.</param>
/// <param name="Line">The line of the file where the trouble is, from 1.</param>
/// <param name="Rule">A short stable name of the rule that was broken, for example <c>amount</c>.</param>
/// <param name="Reason">What is wrong, naming the element; without the element's content.</param>
public sealed record ClaimError(int Position, [property: IdentifyingData] string? ClaimId, int Line, string Rule, string Reason);
