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

    /// <summary>How many files must have been expected since the last one came before silence is reported. Files of one hour count once. A facility with regular files needs fewer.</summary>
    /// <value>The default is 8; from 2 to 1,000.</value>
    [Range(2.0, 1000.0)]
    public double SilenceExpectedFiles { get; set; } = 8;

    /// <summary>How many times the usual a surge is.</summary>
    /// <value>The default is 4; from 1.5 to 1,000.</value>
    [Range(1.5, 1000.0)]
    public double SurgeFactor { get; set; } = 4;

    /// <summary>How many claims within 24 hours a surge is at least.</summary>
    /// <value>The default is 1,000; from 1 to 1,000,000,000.</value>
    [Range(1, 1_000_000_000)]
    public int SurgeMinimumClaims { get; set; } = 1000;
}
