using System.Runtime.CompilerServices;
using Claims.Ingestion.Reading;
using Claims.Ingestion.Storage;

namespace Claims.Ingestion.Pipeline;

/// <summary>A document that holds claims left out of another file, with the positions that they had there.</summary>
/// <param name="document">The document.</param>
/// <param name="positions">The positions of its claims in the file, in the document's order, ascending.</param>
internal sealed class ReplayedFile(ReadFile document, IReadOnlyList<int> positions) : ReadFile
{
    public override ClaimFile File => document.File;

    public override ReadOutcome? Outcome => document.Outcome;

    public override ClaimExcerpt? Excerpt => document.Excerpt is { } excerpt ? new MovedExcerpt(excerpt, positions) : null;

    public override async IAsyncEnumerable<ClaimSlice> ReadSlicesAsync([EnumeratorCancellation] CancellationToken cancellationToken)
    {
        await foreach (ClaimSlice slice in document.ReadSlicesAsync(cancellationToken))
        {
            yield return new ClaimSlice
            {
                Submitted = [.. slice.Submitted.Select(c => c.At(positions[c.Position - 1]))],
                Remitted = [.. slice.Remitted.Select(c => c.At(positions[c.Position - 1]))],
                Errors = [.. slice.Errors.Select(e => e with { Position = positions[e.Position - 1] })],
            };
        }
    }

    private sealed class MovedExcerpt(ClaimExcerpt excerpt, IReadOnlyList<int> moved) : ClaimExcerpt
    {
        public override KeptClaims? Cut(IReadOnlyList<int> positions, int total, CancellationToken cancellationToken)
        {
            HashSet<int> wanted = [.. positions];
            int[] places = [.. Enumerable.Range(1, moved.Count).Where(place => wanted.Contains(moved[place - 1]))];
            return excerpt.Cut(places, total, cancellationToken) is not { } kept
                ? null
                : new KeptClaims { Content = kept.Content, Positions = [.. kept.Positions.Select(place => moved[place - 1])] };
        }
    }
}
