using System.ComponentModel.DataAnnotations;

namespace Claims.Ingestion.Reading;

/// <summary>Limits for the reading of claim files. They bound the memory that any file can cost.</summary>
public sealed class ReadingOptions
{
    /// <summary>The largest file that is fetched, in bytes, as it is at its source.</summary>
    /// <value>The default is 256 MiB; from 1 KiB to 1,000,000,000 bytes, since PostgreSQL keeps a quarantined file's bytes in one value.</value>
    [Range(1024L, 1_000_000_000L)]
    public long MaxFileBytes { get; set; } = 256L * 1024 * 1024;

    /// <summary>The largest content that a zip or gzip file may unfold to, in bytes.</summary>
    /// <value>The default is 1 GiB; from 1 KiB to 64 GiB.</value>
    [Range(1024L, 64L * 1024 * 1024 * 1024)]
    public long MaxDecodedBytes { get; set; } = 1024L * 1024 * 1024;

    /// <summary>The largest attachment, decoded, in bytes. A larger one is left out with a warning; its claim is kept.</summary>
    /// <value>The default is 16 MiB; from 1 KiB to 256 MiB.</value>
    [Range(1024, 256 * 1024 * 1024)]
    public int MaxAttachmentBytes { get; set; } = 16 * 1024 * 1024;

    /// <summary>The longest text of a comment or an observation's value, in characters. A claim with a longer one is left out.</summary>
    /// <value>The default is 65,536; from 2,000 to 16,777,216.</value>
    [Range(2000, 16 * 1024 * 1024)]
    public int MaxTextLength { get; set; } = 64 * 1024;

    /// <summary>The longest identifier or code, in characters. A claim with a longer one is left out, since it would not fit an index.</summary>
    /// <value>The default is 200; from 50 to 500.</value>
    [Range(50, 500)]
    public int MaxIdentifierLength { get; set; } = 200;

    /// <summary>The deepest nesting of elements. A deeper file is quarantined.</summary>
    /// <value>The default is 32; from 8 to 1,000.</value>
    [Range(8, 1000)]
    public int MaxDepth { get; set; } = 32;

    /// <summary>Whether files marked as TEST are stored like any other.</summary>
    /// <value>The default is <see langword="false"/>: they are skipped.</value>
    public bool StoreTestFiles { get; set; }

    /// <summary>How far the local time of the files is ahead of UTC. The files carry no time zone.</summary>
    /// <value>The default is 4 hours: Dubai, which has no summer time; from -14 to +14 hours.</value>
    [Range(typeof(TimeSpan), "-14:00:00", "14:00:00")]
    public TimeSpan UtcOffset { get; set; } = TimeSpan.FromHours(4);
}
