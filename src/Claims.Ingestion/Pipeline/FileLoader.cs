using Claims.Ingestion.Reading;
using Claims.Ingestion.Storage;
using Microsoft.Extensions.Options;

namespace Claims.Ingestion.Pipeline;

/// <summary>Reads a small file into memory; decides that a larger one is read in slices while it is stored.</summary>
internal sealed class FileLoader(IClaimStore store, ClaimFileReaders readers, IOptions<PipelineOptions> pipeline, IOptions<ReadingOptions> reading)
{
    // So few claims are still in the processor's cache when they are encoded, and do not outlive the next collection of garbage.
    private const int EncodedAtOnce = 50;

    // Attachments may be large: such a file is read while it is stored.
    private const int MaxEncodedBytes = 16 * 1024 * 1024;

    /// <summary>Reads a file that is to be stored.</summary>
    public ReadFile Load(ClaimFile file, bool isCut, CancellationToken cancellationToken)
    {
        if (!isCut && !IsLarge(file) && store.BeginEncoding(file) is { } encoded) return Encode(file, encoded, cancellationToken);
        return LoadSlices(file, isCut, cancellationToken);
    }

    /// <summary>Reads a file whose claims are to be looked at.</summary>
    public ReadFile LoadSlices(ClaimFile file, bool isCut, CancellationToken cancellationToken)
    {
        if (isCut)
        {
            string reason = $"the file is larger than the limit of {reading.Value.MaxFileBytes} bytes; its first {file.Length} bytes are kept. Raise Claims:Reading:MaxFileBytes to accept it";
            return new LoadedFile(file, ReadOutcome.Quarantined(reason), null);
        }

        if (IsLarge(file)) return Streamed(file);
        using ClaimFileReading pass = readers.Open(file.OpenRead);
        ClaimSlice? first = pass.ReadSlice(pipeline.Value.SliceClaims, cancellationToken);
        if (first is not null && pass.ReadSlice(1, cancellationToken) is not null) return Streamed(file);

        ReadOutcome outcome = pass.Outcome!;
        return new LoadedFile(file, outcome, outcome.Status == FileStatus.Stored ? first : null, pass.Excerpt);
    }

    private ReadFile Encode(ClaimFile file, EncodedClaims encoded, CancellationToken cancellationToken)
    {
        EncodedClaims? unused = encoded;
        try
        {
            using ClaimFileReading pass = readers.Open(file.OpenRead);
            int claims = 0;
            int leftOut = 0;
            while (pass.ReadSlice(EncodedAtOnce, cancellationToken) is { } slice)
            {
                encoded.Add(slice);
                claims += slice.Submitted.Count + slice.Remitted.Count;
                leftOut += slice.Errors.Count;
                if (claims + leftOut > pipeline.Value.SliceClaims || encoded.Length > MaxEncodedBytes) return Streamed(file);
            }

            ReadOutcome outcome = pass.Outcome!;
            if (outcome.Status != FileStatus.Stored) return new LoadedFile(file, outcome, null);
            unused = null;
            return new LoadedFile(Streamed(file), outcome, encoded, claims, pass.Excerpt);
        }
        finally
        {
            unused?.Dispose();
        }
    }

    // So large a file has more claims than a slice, or a few with large attachments, which flow just as well: it need not be read to find out.
    private bool IsLarge(ClaimFile file) => ClaimEstimate.OfBytes(file.Length) > 2L * pipeline.Value.SliceClaims;

    private StreamedFile Streamed(ClaimFile file) => new(file, () => readers.Open(file.OpenRead), pipeline.Value.SliceClaims);
}
