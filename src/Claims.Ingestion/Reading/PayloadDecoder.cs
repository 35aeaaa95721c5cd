using System.Buffers;
using System.Buffers.Binary;
using System.IO.Compression;
using System.Security.Cryptography;

namespace Claims.Ingestion.Reading;

/// <summary>Takes zip and gzip wrapping off a fetched file. The first bytes decide, never the file's name.</summary>
internal static class PayloadDecoder
{
    private const int BlockBytes = 64 * 1024;

    // Ten bytes of header, at least two of data, eight of trailer.
    private const int SmallestGzip = 20;

    /// <summary>Looks at the wrapping and returns what opens the content.</summary>
    /// <exception cref="PayloadException">The wrapping is damaged, or does not hold exactly one file.</exception>
    public static Func<Stream> Open(Func<Stream> openRaw, ReadingOptions options)
    {
        using var raw = openRaw();
        Span<byte> start = stackalloc byte[4];
        start = start[..raw.ReadAtLeast(start, start.Length, throwOnEndOfStream: false)];

        if (IsZip(start))
        {
            var entry = ZipEntry.Find(raw);
            return () => OpenZip(openRaw, entry, options.MaxDecodedBytes);
        }

        if (IsGzip(start))
        {
            var length = GzipLength(raw);
            return () => OpenGzip(openRaw, length, options.MaxDecodedBytes);
        }

        return openRaw;
    }

    /// <summary>Computes the SHA-256 of the content.</summary>
    /// <param name="openRaw">Opens the bytes as they were fetched.</param>
    /// <param name="rawHash">The SHA-256 of those bytes: that of the content too, when there is no wrapping, or none that can be taken off.</param>
    /// <param name="options">The limits.</param>
    /// <param name="cancellationToken">The token to cancel it.</param>
    public static async Task<byte[]> HashAsync(Func<Stream> openRaw, byte[] rawHash, ReadingOptions options, CancellationToken cancellationToken)
    {
        try
        {
            var open = Open(openRaw, options);
            return open == openRaw ? rawHash : await HashAsync(open, cancellationToken).ConfigureAwait(false);
        }
        catch (PayloadException)
        {
            return rawHash;
        }
    }

    public static bool IsZip(ReadOnlySpan<byte> start) => start.StartsWith("PK\x03\x04"u8) || start.StartsWith("PK\x05\x06"u8);

    public static bool IsGzip(ReadOnlySpan<byte> start) => start.Length >= 2 && start[0] == 0x1F && start[1] == 0x8B;

    private static async Task<byte[]> HashAsync(Func<Stream> open, CancellationToken cancellationToken)
    {
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        var buffer = ArrayPool<byte>.Shared.Rent(BlockBytes);
        try
        {
            var content = open();
            await using (content.ConfigureAwait(false))
            {
                int read;
                while ((read = await content.ReadAsync(buffer, cancellationToken).ConfigureAwait(false)) > 0)
                    hash.AppendData(buffer, 0, read);
            }
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(buffer);
        }

        return hash.GetHashAndReset();
    }

    private static CheckedStream OpenZip(Func<Stream> openRaw, ZipEntry entry, long limit)
    {
        var data = new SectionStream(openRaw(), entry.DataOffset, entry.PackedLength);
        Stream content = entry.Deflated ? new DeflateStream(data, CompressionMode.Decompress) : data;
        return new CheckedStream(content, "zip", limit, entry.Length, entry.Crc);
    }

    private static CheckedStream OpenGzip(Func<Stream> openRaw, uint length, long limit) =>
        new(new GZipStream(openRaw(), CompressionMode.Decompress), "gzip", limit, length, crc: null);

    // GZipStream ends silently where a file is cut off. The length in the trailer tells; the checksum it compares itself.
    private static uint GzipLength(Stream raw)
    {
        if (raw.Length < SmallestGzip)
            throw new PayloadException("the gzip data is cut off");

        Span<byte> trailer = stackalloc byte[4];
        raw.Position = raw.Length - trailer.Length;
        raw.ReadExactly(trailer);
        return BinaryPrimitives.ReadUInt32LittleEndian(trailer);
    }
}
