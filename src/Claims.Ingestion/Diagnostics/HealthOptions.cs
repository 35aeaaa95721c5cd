using System.ComponentModel.DataAnnotations;

namespace Claims.Ingestion.Diagnostics;

/// <summary>What the health checks of the ingestion tolerate.</summary>
public sealed class HealthOptions
{
    /// <summary>The share of the facilities that may fail or be silent before the check of the facilities is degraded. Paused ones do not count.</summary>
    /// <value>The default is 0.2; from 0, which means that one is too many, to 1.</value>
    [Range(0.0, 1)]
    public double FailingFacilityShare { get; set; } = 0.2;
}
