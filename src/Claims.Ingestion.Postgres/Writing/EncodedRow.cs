using System.Buffers.Binary;

namespace Claims.Ingestion.Postgres.Writing;

/// <summary>A row as a <see cref="RowWriter"/> holds it, and as COPY takes it.</summary>
/// <param name="table">The number of its table.</param>
/// <param name="bytes">The row.</param>
internal readonly ref struct EncodedRow(int table, ReadOnlySpan<byte> bytes)
{
    /// <summary>So many bytes are before each row: the number of its table, and its length.</summary>
    public const int Prefix = 1 + sizeof(int);

    public int Table { get; } = table;

    public ReadOnlySpan<byte> Bytes { get; } = bytes;
}

/// <summary>Goes through rows that lie in pieces of memory.</summary>
/// <param name="full">The pieces but for the last one.</param>
/// <param name="last">The last one.</param>
internal ref struct RowEnumerator(List<(byte[] Bytes, int Length)> full, ReadOnlySpan<byte> last)
{
    private readonly ReadOnlySpan<byte> _last = last;
    private ReadOnlySpan<byte> _rest;
    private int _next;

    public EncodedRow Current { get; private set; }

    public bool MoveNext()
    {
        while (_rest.IsEmpty)
        {
            if (_next > full.Count) return false;
            _rest = _next == full.Count ? _last : full[_next].Bytes.AsSpan(0, full[_next].Length);
            _next++;
        }

        int end = EncodedRow.Prefix + BinaryPrimitives.ReadInt32BigEndian(_rest[1..]);
        Current = new EncodedRow(_rest[0], _rest[EncodedRow.Prefix..end]);
        _rest = _rest[end..];
        return true;
    }
}
