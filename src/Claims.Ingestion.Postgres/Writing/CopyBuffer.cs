using System.Buffers;
using System.Buffers.Binary;
using Npgsql;

namespace Claims.Ingestion.Postgres.Writing;

/// <summary>Encoded rows on their way into one table, in pooled pieces of memory, with what COPY wants before and after them.</summary>
internal sealed class CopyBuffer : IDisposable
{
    // The server takes in each message as a whole: large enough to cost little, small enough that it works while the next one is on its way.
    private const int PieceSize = 64 * 1024;
    private const short Trailer = -1;

    // What every COPY begins with; no flags, no extension of the header.
    private static readonly byte[] Signature = [(byte)'P', (byte)'G', (byte)'C', (byte)'O', (byte)'P', (byte)'Y', (byte)'\n', 0xFF, (byte)'\r', (byte)'\n', 0, 0, 0, 0, 0, 0, 0, 0, 0];

    private readonly List<(byte[] Bytes, int Length)> _full = [];
    private byte[] _piece = [];
    private int _at;

    /// <summary>How many rows are held.</summary>
    public int Rows { get; private set; }

    /// <summary>How many bytes are held.</summary>
    public long Length { get; private set; }

    /// <summary>Adds a row.</summary>
    /// <returns>The row as it will be sent.</returns>
    public Span<byte> Add(ReadOnlySpan<byte> row)
    {
        if (Rows++ == 0) Append(Signature);
        return Append(row);
    }

    /// <summary>A row that is held.</summary>
    /// <param name="number">Its number, from 1.</param>
    /// <returns>Nothing when there is no such row.</returns>
    public ReadOnlySpan<byte> Find(long number)
    {
        if (number < 1 || number > Rows) return default;
        int at = Signature.Length;
        foreach ((byte[] bytes, int length) in _full.Append((_piece, _at)))
        {
            ReadOnlySpan<byte> piece = bytes.AsSpan(0, length);
            while (at < length)
            {
                int end = EndOfRow(piece, at);
                if (--number == 0) return piece[at..end];
                at = end;
            }

            at = 0;
        }

        return default;
    }

    /// <summary>Copies all rows into the table. They are held until <see cref="Clear"/>, so that one that the server refuses can be found.</summary>
    /// <param name="connection">The connection, in a transaction.</param>
    /// <param name="target">The table and its columns, without the schema.</param>
    /// <param name="cancellationToken">The token to cancel the copying.</param>
    public async Task SendAsync(NpgsqlConnection connection, string target, CancellationToken cancellationToken)
    {
        NpgsqlRawCopyStream copy = await connection.BeginRawBinaryCopyAsync($"COPY claims.{target} FROM STDIN (FORMAT BINARY)", cancellationToken);
        try
        {
            BinaryPrimitives.WriteInt16BigEndian(Room(sizeof(short)), Trailer);
            foreach ((byte[] bytes, int length) in _full) await copy.WriteAsync(bytes.AsMemory(0, length), cancellationToken);
            await copy.WriteAsync(_piece.AsMemory(0, _at + sizeof(short)), cancellationToken);
        }
        catch
        {
            // What went wrong first is what counts; with a lost connection there is nothing to cancel.
            await copy.CancelAsync().ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            throw;
        }

        // This ends the COPY and throws what the server has to say against the rows.
        await copy.DisposeAsync();
    }

    public void Clear()
    {
        foreach ((byte[] bytes, _) in _full) ArrayPool<byte>.Shared.Return(bytes);
        _full.Clear();
        _at = 0;
        Rows = 0;
        Length = 0;
    }

    public void Dispose()
    {
        Clear();
        if (_piece.Length > 0) ArrayPool<byte>.Shared.Return(_piece);
        _piece = [];
    }

    private static int EndOfRow(ReadOnlySpan<byte> piece, int at)
    {
        int fields = BinaryPrimitives.ReadInt16BigEndian(piece[at..]);
        at += sizeof(short);
        for (int i = 0; i < fields; i++) at += sizeof(int) + Math.Max(0, BinaryPrimitives.ReadInt32BigEndian(piece[at..]));
        return at;
    }

    private Span<byte> Append(ReadOnlySpan<byte> bytes)
    {
        Span<byte> room = Room(bytes.Length)[..bytes.Length];
        bytes.CopyTo(room);
        _at += bytes.Length;
        Length += bytes.Length;
        return room;
    }

    /// <summary>Room for so many bytes in one piece. Rows do not lie across pieces; the server does not mind where they end.</summary>
    private Span<byte> Room(int length)
    {
        if (_piece.Length - _at < length) NextPiece(length);
        return _piece.AsSpan(_at);
    }

    private void NextPiece(int length)
    {
        if (_at > 0) _full.Add((_piece, _at));
        else if (_piece.Length > 0) ArrayPool<byte>.Shared.Return(_piece);
        _piece = ArrayPool<byte>.Shared.Rent(Math.Max(PieceSize, length));
        _at = 0;
    }
}
