using System.Buffers;
using Claims.Ingestion.Reading;
using Microsoft.Win32.SafeHandles;

namespace Claims.Ingestion.Pipeline;

/// <summary>Bytes in pooled pieces of memory, readable many times until they are given back.</summary>
/// <param name="pieceSize">The size of the pieces. Each read of a file is a hand-over between threads, so a piece that takes the whole file is best.</param>
internal sealed class PooledBytes(int pieceSize) : IDisposable
{
    private readonly int _pieceSize = pieceSize;
    private readonly List<byte[]> _pieces = [];
    private bool _disposed;

    public long Length { get; private set; }

    /// <summary>Appends what one read of the source gives.</summary>
    /// <returns>The bytes that were appended; none at the end of the source.</returns>
    public async ValueTask<ReadOnlyMemory<byte>> ReadAsync(Stream source, CancellationToken cancellationToken)
    {
        (int piece, int at) = PlaceOf(Length);
        if (piece == _pieces.Count) _pieces.Add(ArrayPool<byte>.Shared.Rent(_pieceSize));
        Memory<byte> room = _pieces[piece].AsMemory(at, _pieceSize - at);
        int read = await source.ReadAsync(room, cancellationToken);
        Length += read;
        return room[..read];
    }

    /// <summary>Forgets what is beyond a length.</summary>
    public void Cut(long length) => Length = length;

    /// <summary>Writes the first bytes to the start of a file.</summary>
    public async Task WriteAsync(SafeFileHandle file, long length, CancellationToken cancellationToken)
    {
        for (long at = 0; at < length; at += _pieceSize)
            await RandomAccess.WriteAsync(file, _pieces[PlaceOf(at).Piece].AsMemory(0, (int)Math.Min(_pieceSize, length - at)), at, cancellationToken);
    }

    public Stream OpenRead() => new PieceStream(this);

    public void Dispose()
    {
        if (_disposed) return;
        _disposed = true;
        foreach (byte[] piece in _pieces) ArrayPool<byte>.Shared.Return(piece);
        _pieces.Clear();
    }

    private (int Piece, int At) PlaceOf(long position) => ((int)(position / _pieceSize), (int)(position % _pieceSize));

    private sealed class PieceStream(PooledBytes bytes) : SeekableReadOnlyStream(bytes.Length)
    {
        public override int Read(Span<byte> buffer)
        {
            ObjectDisposedException.ThrowIf(bytes._disposed, bytes);
            if (Position >= Length) return 0;
            (int piece, int at) = bytes.PlaceOf(Position);
            int read = (int)Math.Min(Math.Min(buffer.Length, bytes._pieceSize - at), Length - Position);
            bytes._pieces[piece].AsSpan(at, read).CopyTo(buffer);
            Position += read;
            return read;
        }

        public override ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default) =>
            cancellationToken.IsCancellationRequested ? ValueTask.FromCanceled<int>(cancellationToken) : ValueTask.FromResult(Read(buffer.Span));
    }
}
