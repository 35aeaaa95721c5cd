using System.ComponentModel.DataAnnotations;

namespace Claims.Ingestion.Polling;

/// <summary>How facilities' folders are polled.</summary>
public sealed class DirectoryPollerOptions
{
    /// <summary>How long a file must be left alone before it is read: a younger one may still be written.</summary>
    /// <value>
    /// The default is 2 seconds; from 0 to 1 hour. Raise it when writers pause for longer, or when the clock of a file
    /// server lags behind this machine's.
    /// </value>
    [Range(typeof(TimeSpan), "00:00:00", "01:00:00")]
    public TimeSpan SettleTime { get; set; } = TimeSpan.FromSeconds(2);
}
