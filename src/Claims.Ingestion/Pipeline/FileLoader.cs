using Claims.Ingestion.Reading;
using Claims.Ingestion.Storage;
using Microsoft.Extensions.Options;

namespace Claims.Ingestion.Pipeline;

/// <summary>Reads a small file into memory; decides that a larger one is read in slices while it is stored.</summary>
internal sealed class FileLoader(ClaimFileReaders readers, IOptions<PipelineOptions> pipeline, IOptions<ReadingOptions> reading)
{
    public ReadFile Load(ClaimFile file, bool isCut, CancellationToken cancellationToken)
    {
        if (isCut)
        {
            string reason = $"the file is larger than the limit of {reading.Value.MaxFileBytes} bytes; its first {file.Length} bytes are kept. Raise Claims:Reading:MaxFileBytes to accept it";
            return new LoadedFile(file, ReadOutcome.Quarantined(reason), null);
        }

        int sliceClaims = pipeline.Value.SliceClaims;

        // So large a file has more claims than a slice, or a few with large attachments, which flow just as well: it need not be read to find out.
        if (ClaimEstimate.OfBytes(file.Length) > 2L * sliceClaims) return new StreamedFile(file, () => readers.Open(file.OpenRead), sliceClaims);

        using ClaimFileReading pass = readers.Open(file.OpenRead);
        ClaimSlice? first = pass.ReadSlice(sliceClaims, cancellationToken);
        if (first is not null && pass.ReadSlice(1, cancellationToken) is not null)
            return new StreamedFile(file, () => readers.Open(file.OpenRead), sliceClaims);

        ReadOutcome outcome = pass.Outcome!;
        return new LoadedFile(file, outcome, outcome.Status == FileStatus.Stored ? first : null, pass.Excerpt);
    }
}
