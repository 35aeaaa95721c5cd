using System.Security.Cryptography;
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
        using var buffer = new PooledBytes(PieceSize);

        // The byte beyond the end shows without another piece that it is the end.
        PooledBytes? memory = new(source.CanSeek && source.Length < maxBytesInMemory ? Math.Max(PieceSize, (int)source.Length + 1) : PieceSize);
        SafeFileHandle? spool = null;
        long length = 0;
        bool isCut = false;
        try
        {
            while (!isCut && await (memory ?? buffer).ReadAsync(source, cancellationToken) is { Length: > 0 } read)
            {
                isCut = read.Length > maxBytes - length;
                if (isCut) read = read[..(int)(maxBytes - length)];
                hash.AppendData(read.Span);
                length += read.Length;
                if (spool is not null)
                {
                    await RandomAccess.WriteAsync(spool, read, length - read.Length, cancellationToken);
                    buffer.Cut(0);
                }
                else if (length > maxBytesInMemory)
                {
                    spool = OpenSpool(spoolDirectory);
                    await memory!.WriteAsync(spool, length, cancellationToken);
                    memory.Dispose();
                    memory = null;
                }
            }

            memory?.Cut(length);
            var content = new FetchedContent(memory, spool, length, isCut, hash.GetHashAndReset());
            (memory, spool) = (null, null);
            return content;
        }
        finally
        {
            spool?.Dispose();
            memory?.Dispose();
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
