using System.Runtime.CompilerServices;
using Claims.Ingestion.Reading;
using Claims.Ingestion.Storage;

namespace Claims.Ingestion.Pipeline;

/// <summary>A file without the claims that the store refused: they count as left out.</summary>
internal sealed class PrunedFile : ReadFile
{
    /// <summary>The most claims that are left out of one file because the store refused them. Beyond that something is wrong with the file as a whole.</summary>
    public const int MaxRefused = 1000;

    private readonly ReadFile _file;
    private readonly Dictionary<int, string> _refused;

    private PrunedFile(ReadFile file, Dictionary<int, string> refused)
    {
        _file = file;
        _refused = refused;
    }

    public override ClaimFile File => _file.File;

    public override ReadOutcome? Outcome => _file.Outcome;

    public override ClaimExcerpt? Excerpt => _file.Excerpt;

    /// <returns>The file without these claims too, or <see langword="null"/> when they are too many, or none that it was not without already.</returns>
    public static PrunedFile? Without(ReadFile file, IReadOnlyList<RefusedClaim> claims)
    {
        var before = file as PrunedFile;
        Dictionary<int, string> refused = before is null ? [] : new(before._refused);
        int known = refused.Count;
        foreach (RefusedClaim claim in claims) refused.TryAdd(claim.Position, claim.Reason);
        return refused.Count > known && refused.Count <= MaxRefused ? new PrunedFile(before?._file ?? file, refused) : null;
    }

    /// <summary>The slice without these claims, which become errors.</summary>
    public static ClaimSlice Without(ClaimSlice slice, IReadOnlyDictionary<int, string> refused)
    {
        ClaimError[] errors =
        [
            .. slice.Submitted.Where(c => refused.ContainsKey(c.Position)).Select(c => new ClaimError(c.Position, c.Id, c.Line, ClaimFault.Store, refused[c.Position])),
            .. slice.Remitted.Where(c => refused.ContainsKey(c.Position)).Select(c => new ClaimError(c.Position, c.Id, c.Line, ClaimFault.Store, refused[c.Position])),
        ];
        return errors.Length == 0 ? slice : new ClaimSlice
        {
            Submitted = [.. slice.Submitted.Where(c => !refused.ContainsKey(c.Position))],
            Remitted = [.. slice.Remitted.Where(c => !refused.ContainsKey(c.Position))],
            Errors = [.. slice.Errors.Concat(errors).OrderBy(e => e.Position)],
        };
    }

    public override async IAsyncEnumerable<ClaimSlice> ReadSlicesAsync([EnumeratorCancellation] CancellationToken cancellationToken)
    {
        await foreach (ClaimSlice slice in _file.ReadSlicesAsync(cancellationToken)) yield return Without(slice, _refused);
    }
}
