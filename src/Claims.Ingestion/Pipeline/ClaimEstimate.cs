namespace Claims.Ingestion.Pipeline;

/// <summary>How many claims a file holds before it is read: what facilities share is the work, not the number of files.</summary>
internal static class ClaimEstimate
{
    /// <summary>Measured over eClaimLink XML.</summary>
    internal const int BytesPerClaim = 1600;

    public static int OfBytes(long bytes) => (int)Math.Clamp(bytes / BytesPerClaim, 1, int.MaxValue);
}
