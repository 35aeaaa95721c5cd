using FacilityGateway.Generation;

namespace FacilityGateway;

/// <summary>A simulated world of facilities and their claim files. Nothing is kept: what is asked for is made, the same each time.</summary>
public sealed class World
{
    /// <exception cref="ArgumentException">An option is out of its limits; the message names it.</exception>
    public World(WorldOptions options)
    {
        options.Validate();
        Options = options;
    }

    public WorldOptions Options { get; }

    public IEnumerable<string> FacilityIds => Enumerable.Range(0, Options.Facilities).Select(FacilityId);

    private int BatchesPerFacility => (Options.FilesPerFacility + Batch.Size - 1) / Batch.Size;

    /// <summary>The files of all facilities, one facility after the other.</summary>
    public IEnumerable<GeneratedFile> Files() => Batches().SelectMany(batch => batch.Files);

    /// <summary>The files of one facility, in the order of their numbers.</summary>
    /// <exception cref="ArgumentException">There is no such facility.</exception>
    public IEnumerable<GeneratedFile> Files(string facilityId)
    {
        var facility = FacilityIds.TakeWhile(id => id != facilityId).Count();
        return facility < Options.Facilities
            ? BatchesOf(facility).SelectMany(batch => batch.Files)
            : throw new ArgumentException($"There is no facility {facilityId} in this world.", nameof(facilityId));
    }

    /// <summary>What must be found after all files were taken in.</summary>
    /// <param name="reports">Whether to compute the rows of the reports too; they need memory for each claim.</param>
    /// <param name="cancellationToken">The token to cancel the computing.</param>
    public WorldTruth ComputeTruth(bool reports = true, CancellationToken cancellationToken = default)
    {
        var truth = new TruthBuilder(reports);
        foreach (var batch in Batches())
        {
            cancellationToken.ThrowIfCancellationRequested();
            truth.Add(batch);
        }

        return truth.Build();
    }

    internal IEnumerable<WorldBatch> Batches() => Enumerable.Range(0, Options.Facilities).SelectMany(BatchesOf);

    private IEnumerable<WorldBatch> BatchesOf(int facility) =>
        Enumerable.Range(0, BatchesPerFacility).Select(batch => new WorldBatch(new BatchSource(Options, FacilityId(facility), facility, batch)));

    private static string FacilityId(int facility) => $"DHA-F-{facility + 1:0000000}";
}
