using System.Buffers;
using System.Security.Cryptography;
using Claims.Ingestion.Polling;
using Claims.Ingestion.Reading;
using Microsoft.Win32.SafeHandles;

namespace Claims.Ingestion.Pipeline;

/// <summary>
/// The bytes of a fetched file, readable many times: small ones in pooled memory, others in a temporary file that has no name any more,
/// so that a crash leaves nothing behind.
/// </summary>
internal sealed class FetchedContent : IDisposable
{
    private const int PieceSize = 64 * 1024;

    private readonly PooledBytes? _memory;
    private readonly SafeFileHandle? _spool;

    private FetchedContent(PooledBytes? memory, SafeFileHandle? spool, long length, bool isCut, byte[] hash)
    {
        _memory = memory;
        _spool = spool;
        Length = length;
        IsCut = isCut;
        Hash = hash;
    }

    public long Length { get; }

    /// <summary>Whether the source went on beyond the limit; the rest was not fetched.</summary>
    public bool IsCut { get; }

    /// <summary>The SHA-256 of the bytes.</summary>
    public byte[] Hash { get; }

    public Stream OpenRead() => _memory is not null ? _memory.OpenRead() : new HandleStream(_spool!, Length);

    public static async Task<FetchedContent> FetchAsync(
        Stream source, long maxBytes, int maxBytesInMemory, string spoolDirectory, CancellationToken cancellationToken)
    {
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);

        // A small file is read at once; there is room for a byte beyond its end.
        byte[] buffer = ArrayPool<byte>.Shared.Rent(source.CanSeek && source.Length < maxBytesInMemory ? Math.Max(PieceSize, (int)source.Length + 1) : PieceSize);
        PooledBytes? memory = new();
        SafeFileHandle? spool = null;
        long length = 0;
        bool isCut = false;
        try
        {
            while (!isCut && await FileReads.ReadSomeAsync(source, buffer, cancellationToken) is var count and > 0)
            {
                isCut = count > maxBytes - length;
                ReadOnlyMemory<byte> read = buffer.AsMemory(0, isCut ? (int)(maxBytes - length) : count);
                hash.AppendData(read.Span);
                if (spool is null && length + read.Length > maxBytesInMemory)
                {
                    spool = OpenSpool(spoolDirectory);
                    await memory!.WriteAsync(spool, cancellationToken);
                    memory.Dispose();
                    memory = null;
                }

                if (spool is null) memory!.Append(read.Span);
                else await RandomAccess.WriteAsync(spool, read, length, cancellationToken);
                length += read.Length;
            }

            var content = new FetchedContent(memory, spool, length, isCut, hash.GetHashAndReset());
            (memory, spool) = (null, null);
            return content;
        }
        finally
        {
            spool?.Dispose();
            memory?.Dispose();
            ArrayPool<byte>.Shared.Return(buffer);
        }
    }

    public void Dispose()
    {
        _memory?.Dispose();
        _spool?.Dispose();
    }

    private static SafeFileHandle OpenSpool(string directory)
    {
        Directory.CreateDirectory(directory);
        string path = Path.Combine(directory, $"claims-{Guid.NewGuid():N}.spool");
        var handle = File.OpenHandle(
            path, FileMode.CreateNew, FileAccess.ReadWrite, FileShare.Delete, FileOptions.Asynchronous);
        File.Delete(path);
        return handle;
    }

    private sealed class HandleStream(SafeFileHandle handle, long length) : SeekableReadOnlyStream(length)
    {
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
    }
}
