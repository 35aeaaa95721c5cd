using FacilityGateway.Generation;

namespace FacilityGateway;

/// <summary>Puts the files of a world into folders, one for each facility, as facilities drop them.</summary>
public static class InboxWriter
{
    /// <summary>Writes the world to <c>directory/facility id/file</c>. A file appears under its name only when it is complete.</summary>
    public static Task<WorldTruth> WriteAsync(World world, string directory, CancellationToken cancellationToken) =>
        WriteAsync(world, directory, reports: true, cancellationToken);

    /// <param name="world">The world.</param>
    /// <param name="directory">The folder; made if it is missing.</param>
    /// <param name="reports">Whether to compute the rows of the reports too; they need memory for each claim.</param>
    /// <param name="cancellationToken">The token to stop after the file being written.</param>
    public static async Task<WorldTruth> WriteAsync(World world, string directory, bool reports, CancellationToken cancellationToken)
    {
        var truth = new TruthBuilder(reports);
        foreach (var batch in world.Batches())
        {
            foreach (var file in batch.Files)
                await WriteAsync(file, Path.Combine(directory, file.FacilityId), cancellationToken).ConfigureAwait(false);

            truth.Add(batch);
        }

        return truth.Build();
    }

    private static async Task WriteAsync(GeneratedFile file, string folder, CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
        Directory.CreateDirectory(folder);
        var temporary = Path.Combine(folder, $".{file.Name}.tmp");
        await using (var stream = File.Create(temporary))
        {
            file.WriteTo(stream);
            await stream.FlushAsync(cancellationToken).ConfigureAwait(false);
        }

        File.Move(temporary, Path.Combine(folder, file.Name), overwrite: true);
    }
}
