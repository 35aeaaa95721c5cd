using System.Buffers;
using System.Buffers.Binary;
using System.Numerics;
using System.Text;
using Npgsql;

namespace Claims.Ingestion.Postgres.Writing;

/// <summary>
/// Rows in PostgreSQL's binary COPY format (PostgreSQL manual, COPY, "Binary Format"; the types' forms as their <c>recv</c> functions read them),
/// in pooled pieces of memory.
/// </summary>
internal sealed class CopyBuffer : IDisposable
{
    // The server takes in each message as a whole: large enough to cost little, small enough that it works while the next one is on its way.
    private const int PieceSize = 64 * 1024;
    private const short Trailer = -1;
    private const short NumericPositive = 0x0000;
    private const short NumericNegative = 0x4000;
    private const int NumericHeader = 8;
    private const int TextOid = 25;
    private const int DigitsPerGroup = 4;
    private const int GroupBase = 10_000;

    // 29 digits before the point and 28 after it, cut into groups of four on both sides of it.
    private const int MaxGroups = 16;
    private const int MaxShortScale = 15;

    // What every COPY begins with; no flags, no extension of the header.
    private static readonly byte[] Signature = [(byte)'P', (byte)'G', (byte)'C', (byte)'O', (byte)'P', (byte)'Y', (byte)'\n', 0xFF, (byte)'\r', (byte)'\n', 0, 0, 0, 0, 0, 0, 0, 0, 0];

    // The fraction is filled up to whole groups, by up to three digits: with scales up to 15 that still fits.
    private static readonly ulong[] ShortPowers = [.. Enumerable.Range(0, MaxShortScale + 1).Select(n => (ulong)BigInteger.Pow(10, n))];
    private static readonly UInt128[] LongPowers = [.. Enumerable.Range(0, 29).Select(n => (UInt128)BigInteger.Pow(10, n))];
    private static readonly long Epoch = new DateTime(2000, 1, 1, 0, 0, 0, DateTimeKind.Utc).Ticks;

    private readonly List<(byte[] Bytes, int Length)> _full = [];
    private byte[] _piece = [];
    private int _at;

    /// <summary>How many rows were begun.</summary>
    public int Rows { get; private set; }

    /// <summary>How many bytes are held.</summary>
    public long Length { get; private set; }

    public void StartRow(int fields)
    {
        if (Rows++ == 0) Raw(Signature);
        BinaryPrimitives.WriteInt16BigEndian(Take(sizeof(short)), (short)fields);
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

    /// <summary>Copies everything into the table, and is empty again.</summary>
    /// <param name="connection">The connection, in a transaction.</param>
    /// <param name="target">The table and its columns, without the schema.</param>
    /// <param name="cancellationToken">The token to cancel the copying.</param>
    public async Task SendAsync(NpgsqlConnection connection, string target, CancellationToken cancellationToken)
    {
        BinaryPrimitives.WriteInt16BigEndian(Take(sizeof(short)), Trailer);
        NpgsqlRawCopyStream copy = await connection.BeginRawBinaryCopyAsync($"COPY claims.{target} FROM STDIN (FORMAT BINARY)", cancellationToken);
        try
        {
            foreach ((byte[] bytes, int length) in _full) await copy.WriteAsync(bytes.AsMemory(0, length), cancellationToken);
            await copy.WriteAsync(_piece.AsMemory(0, _at), cancellationToken);
        }
        catch
        {
            // What went wrong first is what counts; with a lost connection there is nothing to cancel.
            await copy.CancelAsync().ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            throw;
        }

        // This ends the COPY and throws what the server has to say against the rows.
        await copy.DisposeAsync();
        Clear();
    }

    public void Dispose()
    {
        Clear();
        if (_piece.Length > 0) ArrayPool<byte>.Shared.Return(_piece);
        _piece = [];
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

    private void Clear()
    {
        foreach ((byte[] bytes, _) in _full) ArrayPool<byte>.Shared.Return(bytes);
        _full.Clear();
        _at = 0;
        Rows = 0;
        Length = 0;
    }

    private void Int(int value) => BinaryPrimitives.WriteInt32BigEndian(Take(sizeof(int)), value);

    private void Raw(ReadOnlySpan<byte> bytes)
    {
        bytes.CopyTo(Room(bytes.Length));
        Advance(bytes.Length);
    }

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

    /// <summary>Room for so many bytes in one piece. Values do not lie across pieces; the server does not mind where they end.</summary>
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
