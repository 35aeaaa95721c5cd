namespace Claims.Ingestion.Governing;

/// <summary>What a share means for those that obey.</summary>
/// <param name="Share">The part of its full speed that ingestion has: 1 is all.</param>
/// <param name="Pace">The part of the time in which a writer may write; it rests for the others.</param>
/// <param name="BatchShare">How large a batch may be, from 0, the size at which small batches cost little, to 1, as large as the tuning says.</param>
/// <param name="WriterShare">The part of the writers that may write.</param>
/// <param name="MayRefresh">Whether materialized views may be refreshed.</param>
/// <param name="MayFill">Whether summaries may be filled and audited, and dates be back-filled.</param>
internal readonly record struct GovernorLimits(double Share, double Pace, double BatchShare, double WriterShare, bool MayRefresh, bool MayFill)
{
    /// <summary>Below this, materialized views are not refreshed.</summary>
    public const double RefreshAbove = 0.9;

    /// <summary>Below this, nothing is filled or audited.</summary>
    public const double FillAbove = 0.7;

    /// <summary>Below this, batches are as small as they get, and writers begin to rest; small batches cost little.</summary>
    private const double SmallBatchesBelow = 0.7;

    /// <summary>Below this, there are fewer writers.</summary>
    private const double FewerWritersBelow = 0.3;

    public static GovernorLimits Of(double share) => new(
        share,
        Math.Min(1, share / SmallBatchesBelow),
        Math.Clamp((share - SmallBatchesBelow) / (1 - SmallBatchesBelow), 0, 1),
        Math.Min(1, share / FewerWritersBelow),
        share >= RefreshAbove,
        share >= FillAbove);
}
