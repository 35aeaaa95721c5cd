using System.Globalization;
using Microsoft.Extensions.Options;

namespace Claims.Ingestion.Reading;

/// <summary>Begins the reading of a fetched file: takes off its wrapping and picks the reader that recognizes the content.</summary>
internal sealed class ClaimFileReaders(IEnumerable<IClaimFileReader> readers, IOptions<ReadingOptions> options)
{
    private const int StartBytes = 4096;

    // The last one added is asked first, so that a reader for another XML format comes before the built-in one.
    private readonly IClaimFileReader[] _readers = [.. readers.Reverse()];

    /// <summary>Begins to read a file.</summary>
    /// <param name="openRaw">Opens the bytes as they were fetched, seekable; may be called more than once.</param>
    /// <returns>The reading. Whatever is wrong with the content is its outcome; errors of the storage behind the stream are thrown.</returns>
    public ClaimFileReading Open(Func<Stream> openRaw)
    {
        try
        {
            using (var raw = openRaw())
            {
                if (raw.Length > options.Value.MaxFileBytes)
                    return Refuse(string.Create(CultureInfo.InvariantCulture, $"the file is larger than {options.Value.MaxFileBytes} bytes"));
            }

            var open = PayloadDecoder.Open(openRaw, options.Value);
            Span<byte> start = stackalloc byte[StartBytes];
            start = start[..ReadStart(open, start)];
            foreach (var reader in _readers)
            {
                if (reader.Recognizes(start))
                    return new GuardedReading(reader.Read(open, options.Value));
            }

            return Refuse(ContentEncoding.IsBlank(start)
                ? start.Length < StartBytes ? "the file is empty" : $"the first {StartBytes} bytes of the file are blank"
                : $"neither XML nor any other known format: it looks like {ContentHint.Describe(start)}");
        }
        catch (PayloadException e)
        {
            return Refuse(e.Message);
        }
    }

    private static SettledReading Refuse(string reason) => new(ReadOutcome.Quarantined(reason));

    private static int ReadStart(Func<Stream> open, Span<byte> start)
    {
        using var content = open();
        return content.ReadAtLeast(start, start.Length, throwOnEndOfStream: false);
    }
}
