using System.ComponentModel.DataAnnotations;

namespace Claims.Ingestion.Polling;

/// <summary>How a facility is polled.</summary>
public sealed class PollingOptions
{
    /// <summary>How many files of one facility are downloaded at once.</summary>
    /// <value>The default is 3; from 1 to 32. Gateways slow down when one login asks for more than a few.</value>
    [Range(1, 32)]
    public int DownloadsPerFacility { get; set; } = 3;

    /// <summary>The size that is reserved for a download whose source does not tell it, in bytes.</summary>
    /// <value>The default is 64 KiB; from 1 KiB to 64 MiB.</value>
    [Range(1024, 64 * 1024 * 1024)]
    public int AssumedFileBytes { get; set; } = 64 * 1024;
}
