using System.ComponentModel.DataAnnotations;

namespace Claims.Ingestion.Postgres.DataSources;

/// <summary>How reads find a replica, where the connection string names several servers.</summary>
public sealed class RoutingOptions
{
    /// <summary>How often each server is asked what it is and how far it has come; every 100 ms while there is no primary, or no replica that can take reads.</summary>
    /// <value>The default is 500 ms; from 50 ms to 1 minute.</value>
    [Range(typeof(TimeSpan), "00:00:00.050", "00:01:00")]
    public TimeSpan ProbeInterval { get; set; } = TimeSpan.FromMilliseconds(500);

    /// <summary>After how long without an answer a server counts as gone.</summary>
    /// <value>The default is 1 second; from 50 ms to 1 minute.</value>
    [Range(typeof(TimeSpan), "00:00:00.050", "00:01:00")]
    public TimeSpan ProbeTimeout { get; set; } = TimeSpan.FromSeconds(1);

    /// <summary>A replica that answered within this time gets a read without being asked again; one question serves all reads that wait for it.</summary>
    /// <value>The default is 10 ms; from 0 to 1 minute.</value>
    [Range(typeof(TimeSpan), "00:00:00", "00:01:00")]
    public TimeSpan FreshFor { get; set; } = TimeSpan.FromMilliseconds(10);

    /// <summary>How long a read waits for a replica's answer before it goes elsewhere. The replica gets no more reads until it answers.</summary>
    /// <value>The default is 50 ms; from 1 ms to 1 minute.</value>
    [Range(typeof(TimeSpan), "00:00:00.001", "00:01:00")]
    public TimeSpan Patience { get; set; } = TimeSpan.FromMilliseconds(50);

    /// <summary>A replica that is further behind gets no reads until it has caught up.</summary>
    /// <value>The default is 30 seconds; from 0 to 1 day.</value>
    [Range(typeof(TimeSpan), "00:00:00", "1.00:00:00")]
    public TimeSpan MaxLag { get; set; } = TimeSpan.FromSeconds(30);

    /// <summary>A replica that is more bytes of the write-ahead log behind gets no reads until it has caught up.</summary>
    /// <value>The default is 256 MiB; from 0 to 1 TiB.</value>
    [Range(0L, 1L << 40)]
    public long MaxLagBytes { get; set; } = 256L * 1024 * 1024;

    /// <summary>How long a read with a consistency token waits for a replica to come so far, before it goes to the primary.</summary>
    /// <value>The default is 100 ms; from 0 to 1 minute.</value>
    [Range(typeof(TimeSpan), "00:00:00", "00:01:00")]
    public TimeSpan TokenWait { get; set; } = TimeSpan.FromMilliseconds(100);

    /// <summary>How many reads of a role may be on the primary at once because no replica could take them, so that they cannot sink it. The others wait.</summary>
    /// <value>The default is 10; from 0, which means that reads never go to the primary, to 1,000.</value>
    [Range(0, 1000)]
    public int FallbackReads { get; set; } = 10;
}
