using System.ComponentModel.DataAnnotations;

namespace Claims.Ingestion.Pipeline;

/// <summary>Budgets of the pipeline between the download and the commit. They bound its memory, whatever the number of facilities and files.</summary>
public sealed class PipelineOptions
{
    /// <summary>How many files may be between download and commit at once.</summary>
    /// <value>The default is 512; from 1 to 10,000.</value>
    [Range(1, 10_000)]
    public int MaxFilesInFlight { get; set; } = 512;

    /// <summary>How many bytes of files may be between download and commit at once. A larger file passes alone.</summary>
    /// <value>The default is 24 MiB; from 1 MiB to 16 GiB.</value>
    [Range(1024L * 1024, 16L * 1024 * 1024 * 1024)]
    public long MaxBytesInFlight { get; set; } = 24L * 1024 * 1024;

    /// <summary>A fetched file up to this size is kept in memory, a larger one in a temporary file, in bytes.</summary>
    /// <value>The default is 1 MiB; from 0 to 16 MiB.</value>
    [Range(0, 16 * 1024 * 1024)]
    public int MaxBytesInMemory { get; set; } = 1024 * 1024;

    /// <summary>The folder for temporary files.</summary>
    /// <value>The default is <see langword="null"/>: the system's folder for temporary files.</value>
    public string? SpoolDirectory { get; set; }

    /// <summary>How many files are read at once.</summary>
    /// <value>The default is 2; from 1 to 64.</value>
    [Range(1, 64)]
    public int Readers { get; set; } = 2;

    /// <summary>How many batches are written at once: connections of the Ingestion pool in use.</summary>
    /// <value>
    /// The default is 2; from 1 to 64. One of them is kept free of large files, those that flow in slices, so that no small file
    /// waits for one. With a single writer there is none to keep free: while it stores a large file, everything else waits.
    /// </value>
    [Range(1, 64)]
    public int Writers { get; set; } = 2;

    /// <summary>How many acknowledgements of one facility are under way at once.</summary>
    /// <value>The default is 2; from 1 to 32. Gateways slow down when one login asks for more than a few.</value>
    [Range(1, 32)]
    public int AcknowledgersPerFacility { get; set; } = 2;

    /// <summary>How many acknowledgements are under way at once, over all facilities. Facilities whose source hangs hold their places until their calls time out.</summary>
    /// <value>The default is 128; from 1 to 10,000.</value>
    [Range(1, 10_000)]
    public int MaxAcknowledgers { get; set; } = 128;

    /// <summary>How long storing a batch should take. How many claims a batch holds follows from the time that the batches before took.</summary>
    /// <value>The default is 250 ms; from 10 ms to 1 minute.</value>
    [Range(typeof(TimeSpan), "00:00:00.010", "00:01:00")]
    public TimeSpan BatchTarget { get; set; } = TimeSpan.FromMilliseconds(250);

    /// <summary>A batch takes further small files while it holds fewer claims than this; the number to start with.</summary>
    /// <value>The default is 500; from 1 to 100,000, and from <see cref="MinBatchClaims"/> to <see cref="MaxBatchClaims"/>.</value>
    [Range(1, 100_000)]
    public int BatchClaims { get; set; } = 500;

    /// <summary>The number does not fall below this, however slow the store is.</summary>
    /// <value>The default is 50; from 1 to 100,000.</value>
    [Range(1, 100_000)]
    public int MinBatchClaims { get; set; } = 50;

    /// <summary>The number does not rise above this, however fast the store is.</summary>
    /// <value>The default is 5,000; from 1 to 100,000.</value>
    [Range(1, 100_000)]
    public int MaxBatchClaims { get; set; } = 5000;

    /// <summary>How many files a batch may hold.</summary>
    /// <value>The default is 256; from 1 to 1,000. There are never more than <see cref="MaxFilesInFlight"/> to take.</value>
    [Range(1, 1000)]
    public int BatchFiles { get; set; } = 256;

    /// <summary>How many claims of a large file are in memory in one piece. A file with more claims flows in slices.</summary>
    /// <value>The default is 1,000; from 1 to 100,000.</value>
    [Range(1, 100_000)]
    public int SliceClaims { get; set; } = 1000;

    /// <summary>How long a batch is tried again while the store is away or busy. After that its files are left for the next poll.</summary>
    /// <value>The default is 2 minutes; from 0 to 1 day.</value>
    [Range(typeof(TimeSpan), "00:00:00", "1.00:00:00")]
    public TimeSpan RetryFor { get; set; } = TimeSpan.FromMinutes(2);

    /// <summary>How long a stopping host goes on to store what is in flight. What is left after that is fetched again at the next start.</summary>
    /// <value>The default is 20 seconds; from 0 to 1 hour. Keep it below the host's own shutdown timeout.</value>
    [Range(typeof(TimeSpan), "00:00:00", "01:00:00")]
    public TimeSpan DrainTimeout { get; set; } = TimeSpan.FromSeconds(20);
}
