using System.Buffers;
using Claims.Ingestion.Reading;
using Microsoft.Win32.SafeHandles;

namespace Claims.Ingestion.Pipeline;

/// <summary>
/// The bytes of a fetched file, readable many times: small ones in memory, others in a temporary file that has no name any more,
/// so that a crash leaves nothing behind.
/// </summary>
internal sealed class FetchedContent : IDisposable
{
    private const int CopyBufferSize = 128 * 1024;

    private readonly byte[]? _memory;
    private readonly SafeFileHandle? _spool;

    private FetchedContent(byte[]? memory, SafeFileHandle? spool, long length, bool isCut)
    {
        _memory = memory;
        _spool = spool;
        Length = length;
        IsCut = isCut;
    }

    public long Length { get; }

    /// <summary>Whether the source went on beyond the limit; the rest was not fetched.</summary>
    public bool IsCut { get; }

    public Stream OpenRead() => _memory is not null ? new MemoryStream(_memory, writable: false) : new HandleStream(_spool!, Length);

    public static async Task<FetchedContent> FetchAsync(
        Stream source, long maxBytes, int maxBytesInMemory, string spoolDirectory, CancellationToken cancellationToken)
    {
        byte[] buffer = ArrayPool<byte>.Shared.Rent(Math.Max(CopyBufferSize, maxBytesInMemory + 1));
        SafeFileHandle? spool = null;
        try
        {
            int wanted = (int)Math.Min(maxBytesInMemory + 1L, maxBytes + 1);
            int filled = await source.ReadAtLeastAsync(buffer.AsMemory(0, wanted), wanted, throwOnEndOfStream: false, cancellationToken);
            if (filled < wanted)
                return new FetchedContent(buffer.AsSpan(0, filled).ToArray(), null, filled, isCut: false);

            spool = OpenSpool(spoolDirectory);
            long length = 0;
            bool isCut = false;
            while (filled > 0)
            {
                int kept = (int)Math.Min(filled, maxBytes - length);
                await RandomAccess.WriteAsync(spool, buffer.AsMemory(0, kept), length, cancellationToken);
                length += kept;
                if (kept < filled)
                {
                    isCut = true;
                    break;
                }

                filled = await source.ReadAsync(buffer, cancellationToken);
            }

            var content = new FetchedContent(null, spool, length, isCut);
            spool = null;
            return content;
        }
        finally
        {
            spool?.Dispose();
            ArrayPool<byte>.Shared.Return(buffer);
        }
    }

    public void Dispose() => _spool?.Dispose();

    private static SafeFileHandle OpenSpool(string directory)
    {
        Directory.CreateDirectory(directory);
        string path = Path.Combine(directory, $"claims-{Guid.NewGuid():N}.spool");
        var handle = File.OpenHandle(
            path, FileMode.CreateNew, FileAccess.ReadWrite, FileShare.Delete, FileOptions.Asynchronous);
        File.Delete(path);
        return handle;
    }

    private sealed class HandleStream(SafeFileHandle handle, long length) : ReadOnlyStream
    {
        public override bool CanSeek => true;

        public override long Length => length;

        public override long Position { get; set; }

        public override int Read(Span<byte> buffer)
        {
            int read = RandomAccess.Read(handle, buffer, Position);
            Position += read;
            return read;
        }

        public override async ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
        {
            int read = await RandomAccess.ReadAsync(handle, buffer, Position, cancellationToken);
            Position += read;
            return read;
        }

        public override long Seek(long offset, SeekOrigin origin) => Position = origin switch
        {
            SeekOrigin.Begin => offset,
            SeekOrigin.Current => Position + offset,
            _ => length + offset,
        };
    }
}
