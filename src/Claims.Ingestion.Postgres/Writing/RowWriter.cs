using System.Buffers;
using System.Buffers.Binary;
using System.Numerics;
using System.Text;

namespace Claims.Ingestion.Postgres.Writing;

/// <summary>
/// Encodes rows in PostgreSQL's binary COPY format (PostgreSQL manual, COPY, "Binary Format"; the types' forms as their <c>recv</c> functions read them),
/// and holds them in pooled pieces of memory.
/// </summary>
internal sealed class RowWriter : IDisposable
{
    // Small enough to stay out of the large object heap, and to waste little at the end of a file.
    private const int PieceSize = 16 * 1024;

    // What a few batches take. The shared pool of the runtime keeps few and leaves the others to the garbage collector.
    private const int MostPooled = 1024;

    private const short NumericPositive = 0x0000;
    private const short NumericNegative = 0x4000;
    private const int NumericHeader = 8;
    private const int TextOid = 25;
    private const int DigitsPerGroup = 4;
    private const int GroupBase = 10_000;

    // 29 digits before the point and 28 after it, cut into groups of four on both sides of it.
    private const int MaxGroups = 16;
    private const int MaxShortScale = 15;

    // The fraction is filled up to whole groups, by up to three digits: with scales up to 15 that still fits.
    private static readonly ulong[] ShortPowers = [.. Enumerable.Range(0, MaxShortScale + 1).Select(n => (ulong)BigInteger.Pow(10, n))];
    private static readonly UInt128[] LongPowers = [.. Enumerable.Range(0, 29).Select(n => (UInt128)BigInteger.Pow(10, n))];
    private static readonly long Epoch = new DateTime(2000, 1, 1, 0, 0, 0, DateTimeKind.Utc).Ticks;
    private static readonly ArrayPool<byte> _pool = ArrayPool<byte>.Create(PieceSize, MostPooled);

    private readonly List<(byte[] Bytes, int Length)> _full = [];
    private byte[] _piece = [];
    private int _at;
    private int _rowAt;
    private bool _disposed;

    /// <summary>How many bytes are held.</summary>
    public long Length { get; private set; }

    /// <summary>Begins a row; so the row before it is complete.</summary>
    /// <param name="table">The number of its table.</param>
    /// <param name="fields">How many values follow.</param>
    public void StartRow(int table, int fields)
    {
        ObjectDisposedException.ThrowIf(_disposed, this);
        EndRow();
        Span<byte> span = Take(EncodedRow.Prefix + sizeof(short));
        span[0] = (byte)table;
        BinaryPrimitives.WriteInt16BigEndian(span[EncodedRow.Prefix..], (short)fields);
    }

    /// <summary>Says that the row is complete. After that nothing changes any more until the next one begins, and several may go through the rows at once.</summary>
    public void EndRow()
    {
        if (_at == _rowAt) return;
        BinaryPrimitives.WriteInt32BigEndian(_piece.AsSpan(_rowAt + 1), _at - _rowAt - EncodedRow.Prefix);
        _rowAt = _at;
    }

    /// <summary>Goes through the rows, in the order in which they were written.</summary>
    public RowEnumerator GetEnumerator()
    {
        ObjectDisposedException.ThrowIf(_disposed, this);
        EndRow();
        return new RowEnumerator(_full, _piece.AsSpan(0, _at));
    }

    public void Null() => Int(-1);

    public void Write(int value)
    {
        Span<byte> span = Take(sizeof(int) + sizeof(int));
        BinaryPrimitives.WriteInt32BigEndian(span, sizeof(int));
        BinaryPrimitives.WriteInt32BigEndian(span[sizeof(int)..], value);
    }

    public void Write(long value)
    {
        Span<byte> span = Take(sizeof(int) + sizeof(long));
        BinaryPrimitives.WriteInt32BigEndian(span, sizeof(long));
        BinaryPrimitives.WriteInt64BigEndian(span[sizeof(int)..], value);
    }

    public void Write(bool value)
    {
        Span<byte> span = Take(sizeof(int) + 1);
        BinaryPrimitives.WriteInt32BigEndian(span, 1);
        span[sizeof(int)] = value ? (byte)1 : (byte)0;
    }

    public void Write(string? value)
    {
        if (value is null)
        {
            Null();
            return;
        }

        Span<byte> span = Room(sizeof(int) + Encoding.UTF8.GetMaxByteCount(value.Length));
        int length = Encoding.UTF8.GetBytes(value, span[sizeof(int)..]);
        BinaryPrimitives.WriteInt32BigEndian(span, length);
        Advance(sizeof(int) + length);
    }

    public void Write(byte[]? value)
    {
        if (value is null) Null();
        else Write(value.AsSpan());
    }

    public void Write(ReadOnlySpan<byte> value)
    {
        Int(value.Length);
        Raw(value);
    }

    /// <summary>Writes a <c>text[]</c> of one dimension.</summary>
    public void Write(IReadOnlyList<string> values)
    {
        int length = (sizeof(int) * (values.Count == 0 ? 3 : 5)) + values.Sum(v => sizeof(int) + Encoding.UTF8.GetByteCount(v));
        Int(length);
        Int(values.Count == 0 ? 0 : 1);
        Int(0);
        Int(TextOid);
        if (values.Count == 0) return;
        Int(values.Count);
        Int(1);
        foreach (string value in values) Write(value);
    }

    public void Write(int? value)
    {
        if (value is { } number) Write(number);
        else Null();
    }

    public void Write(long? value)
    {
        if (value is { } number) Write(number);
        else Null();
    }

    public void Write(DateTimeOffset? value)
    {
        if (value is { } time) Write((time.UtcTicks - Epoch) / TimeSpan.TicksPerMicrosecond);
        else Null();
    }

    public void Write(Guid? value)
    {
        if (value is not { } id)
        {
            Null();
            return;
        }

        const int Size = 16;
        Span<byte> span = Take(sizeof(int) + Size);
        BinaryPrimitives.WriteInt32BigEndian(span, Size);
        id.TryWriteBytes(span[sizeof(int)..], bigEndian: true, out _);
    }

    public void Write(decimal? value)
    {
        if (value is { } number) Write(number);
        else Null();
    }

    /// <summary>Writes a <c>numeric</c> with every digit that the number shows: 1.50 stays 1.50.</summary>
    public void Write(decimal value)
    {
        Span<int> bits = stackalloc int[4];
        decimal.GetBits(value, bits);
        ulong low = ((ulong)(uint)bits[1] << 32) | (uint)bits[0];
        Span<short> groups = stackalloc short[MaxGroups];
        int scale = value.Scale;
        (int first, int weight) = bits[2] == 0 && scale <= MaxShortScale
            ? Groups(low, ShortPowers[scale], scale, groups)
            : Groups(new UInt128((uint)bits[2], low), LongPowers[scale], scale, groups);
        ReadOnlySpan<short> digits = groups[first..].TrimEnd((short)0);

        Span<byte> span = Take(sizeof(int) + NumericHeader + (sizeof(short) * digits.Length));
        BinaryPrimitives.WriteInt32BigEndian(span, NumericHeader + (sizeof(short) * digits.Length));
        BinaryPrimitives.WriteInt16BigEndian(span[4..], (short)digits.Length);
        BinaryPrimitives.WriteInt16BigEndian(span[6..], (short)(digits.IsEmpty ? 0 : weight));
        BinaryPrimitives.WriteInt16BigEndian(span[8..], digits.IsEmpty || bits[3] >= 0 ? NumericPositive : NumericNegative);
        BinaryPrimitives.WriteInt16BigEndian(span[10..], (short)scale);
        for (int i = 0; i < digits.Length; i++) BinaryPrimitives.WriteInt16BigEndian(span[(12 + (sizeof(short) * i))..], digits[i]);
    }

    public void Dispose()
    {
        if (_disposed) return;
        _disposed = true;
        foreach ((byte[] bytes, _) in _full) GiveBack(bytes);
        GiveBack(_piece);
        _full.Clear();
    }

    /// <summary>Cuts a number into groups of four digits, aligned at the decimal point, from the end of the span backwards.</summary>
    /// <returns>Where the first group that is not zero is, and its weight: 0 for the group before the point.</returns>
    private static (int First, int Weight) Groups<T>(T mantissa, T power, int scale, Span<short> groups)
        where T : IBinaryInteger<T>
    {
        (T whole, T fraction) = T.DivRem(mantissa, power);
        int fractionGroups = (scale + DigitsPerGroup - 1) / DigitsPerGroup;
        for (int fill = (fractionGroups * DigitsPerGroup) - scale; fill > 0; fill--) fraction *= T.CreateTruncating(10);
        T groupBase = T.CreateTruncating(GroupBase);
        int at = groups.Length;
        for (int i = 0; i < fractionGroups; i++) (fraction, groups[--at]) = Split(fraction);
        int weight = -1;
        while (whole != T.Zero)
        {
            (whole, groups[--at]) = Split(whole);
            weight++;
        }

        while (at < groups.Length && groups[at] == 0)
        {
            at++;
            weight--;
        }

        return (at, weight);

        (T Remaining, short Group) Split(T number)
        {
            (T rest, T group) = T.DivRem(number, groupBase);
            return (rest, short.CreateTruncating(group));
        }
    }

    private static void GiveBack(byte[] piece)
    {
        if (piece.Length > 0) (piece.Length == PieceSize ? _pool : ArrayPool<byte>.Shared).Return(piece);
    }

    private void Int(int value) => BinaryPrimitives.WriteInt32BigEndian(Take(sizeof(int)), value);

    private void Raw(ReadOnlySpan<byte> bytes) => bytes.CopyTo(Take(bytes.Length));

    private Span<byte> Take(int length)
    {
        Span<byte> span = Room(length);
        Advance(length);
        return span[..length];
    }

    private void Advance(int length)
    {
        _at += length;
        Length += length;
    }

    /// <summary>Room for so many bytes behind those of the row, which moves into another piece when it does not fit: rows do not lie across pieces.</summary>
    private Span<byte> Room(int length)
    {
        if (_piece.Length - _at < length) NextPiece(length);
        return _piece.AsSpan(_at);
    }

    private void NextPiece(int length)
    {
        ReadOnlySpan<byte> row = _piece.AsSpan(_rowAt.._at);
        int needed = row.Length + length;
        byte[] next = needed <= PieceSize ? _pool.Rent(PieceSize) : ArrayPool<byte>.Shared.Rent(Math.Max(needed, 2 * row.Length));
        row.CopyTo(next);
        if (_rowAt > 0) _full.Add((_piece, _rowAt));
        else GiveBack(_piece);
        (_piece, _at, _rowAt) = (next, row.Length, 0);
    }
}
