using System.ComponentModel.DataAnnotations;

namespace Claims.Ingestion.Diagnostics;

/// <summary>How much is told apart in metrics.</summary>
public sealed class TelemetryOptions
{
    /// <summary>How many facilities are told apart in the metrics <c>claims.facility.*</c>. Those that come after them count as the facility <c>other</c>.</summary>
    /// <value>The default is 2,000; from 0, which tells none apart, to 100,000. Each facility costs whoever keeps the metrics a few time series.</value>
    [Range(0, 100_000)]
    public int MaxFacilities { get; set; } = 2000;
}
