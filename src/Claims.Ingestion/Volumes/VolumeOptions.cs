using System.ComponentModel.DataAnnotations;

namespace Claims.Ingestion.Volumes;

/// <summary>When a facility's volume counts as unusual.</summary>
public sealed class VolumeOptions
{
    /// <summary>Whether the usual volume of each facility is learned and judged.</summary>
    /// <value>The default is <see langword="true"/>.</value>
    public bool Enabled { get; set; } = true;

    /// <summary>For how many whole weeks after its first file a facility is polled before it is judged.</summary>
    /// <value>The default is 2; from 1 to 8.</value>
    [Range(1, 8)]
    public int WeeksToLearn { get; set; } = 2;

    /// <summary>How many files must have been expected since the last one came before silence is reported. Files within one hour count once.</summary>
    /// <remarks>Regular facilities need fewer: 1.75. Those whose files come in bursts need more, by as much as their waits are longer than random ones.</remarks>
    /// <value>The default is 8; from 2 to 1,000.</value>
    [Range(2.0, 1000.0)]
    public double SilenceExpectedFiles { get; set; } = 8;

    /// <summary>How many times the usual the claims of 24 hours must be to be reported as a surge.</summary>
    /// <value>The default is 4; from 1.5 to 1,000.</value>
    [Range(1.5, 1000.0)]
    public double SurgeFactor { get; set; } = 4;

    /// <summary>How many claims within 24 hours a surge has at least.</summary>
    /// <value>The default is 500; from 1 to 1,000,000,000.</value>
    [Range(1, 1_000_000_000)]
    public int SurgeMinimumClaims { get; set; } = 500;
}
