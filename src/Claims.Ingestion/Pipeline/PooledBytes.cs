using System.Buffers;
using Claims.Ingestion.Reading;
using Microsoft.Win32.SafeHandles;

namespace Claims.Ingestion.Pipeline;

/// <summary>Bytes in pooled pieces of memory, readable many times until they are given back.</summary>
internal sealed class PooledBytes : IDisposable
{
    // Small enough to stay out of the large object heap, which is never compacted, and to waste little at the end of a file.
    private const int PieceSize = 16 * 1024;

    // As many as MaxBytesInFlight takes by default. The shared pool of the runtime keeps few and leaves the others to the garbage collector.
    private static readonly ArrayPool<byte> _pool = ArrayPool<byte>.Create(PieceSize, 1536);

    private readonly List<byte[]> _pieces = [];
    private bool _disposed;

    public long Length { get; private set; }

    public void Append(ReadOnlySpan<byte> bytes)
    {
        while (!bytes.IsEmpty)
        {
            (int piece, int at) = PlaceOf(Length);
            if (piece == _pieces.Count) _pieces.Add(_pool.Rent(PieceSize));
            int fits = Math.Min(bytes.Length, PieceSize - at);
            bytes[..fits].CopyTo(_pieces[piece].AsSpan(at));
            Length += fits;
            bytes = bytes[fits..];
        }
    }

    /// <summary>Writes the bytes to the start of a file.</summary>
    public ValueTask WriteAsync(SafeFileHandle file, CancellationToken cancellationToken)
    {
        ReadOnlyMemory<byte>[] pieces = [.. _pieces.Select((piece, index) => new ReadOnlyMemory<byte>(piece, 0, (int)Math.Min(PieceSize, Length - ((long)index * PieceSize))))];
        return RandomAccess.WriteAsync(file, pieces, fileOffset: 0, cancellationToken);
    }

    public Stream OpenRead() => new PieceStream(this);

    public void Dispose()
    {
        if (_disposed) return;
        _disposed = true;
        foreach (byte[] piece in _pieces) _pool.Return(piece);
        _pieces.Clear();
    }

    private static (int Piece, int At) PlaceOf(long position) => ((int)(position / PieceSize), (int)(position % PieceSize));

    private sealed class PieceStream(PooledBytes bytes) : SeekableReadOnlyStream(bytes.Length)
    {
        public override int Read(Span<byte> buffer)
        {
            ObjectDisposedException.ThrowIf(bytes._disposed, bytes);
            if (Position >= Length) return 0;
            (int piece, int at) = PlaceOf(Position);
            int read = (int)Math.Min(Math.Min(buffer.Length, PieceSize - at), Length - Position);
            bytes._pieces[piece].AsSpan(at, read).CopyTo(buffer);
            Position += read;
            return read;
        }

        public override ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default) =>
            cancellationToken.IsCancellationRequested ? ValueTask.FromCanceled<int>(cancellationToken) : ValueTask.FromResult(Read(buffer.Span));
    }
}
