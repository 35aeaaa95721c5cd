using System.Numerics;
using System.Runtime.InteropServices;

namespace Claims.Ingestion.Reading;

/// <summary>Gives the same string for the same short text, while its place is not taken by another. Codes repeat in every claim.</summary>
internal sealed class StringCache
{
    private const int MaxLength = 32;
    private const int MostSpares = 8;
    private const int PlaceBits = 11;

    private static readonly Spares<StringCache> _spares = new(() => new StringCache(), MostSpares);

    private readonly string?[] _strings = new string?[1 << PlaceBits];

    /// <summary>One that may know the codes of other files already.</summary>
    public static StringCache Take() => _spares.Take();

    public void GiveBack() => _spares.GiveBack(this);

    public string Get(ReadOnlySpan<char> text)
    {
        if (text.Length > MaxLength)
            return text.ToString();

        ref var known = ref _strings[PlaceOf(text)];
        return known is not null && text.SequenceEqual(known) ? known : known = text.ToString();
    }

    // Four characters at a time; a whole number of steps, so that the last one reads some of them twice.
    private static int PlaceOf(ReadOnlySpan<char> text)
    {
        var bytes = MemoryMarshal.AsBytes(text);
        var hash = (ulong)text.Length;
        if (bytes.Length < sizeof(ulong))
        {
            foreach (var c in text)
                hash = Mix(hash, c);
        }
        else
        {
            for (var at = 0; at < bytes.Length - sizeof(ulong); at += sizeof(ulong))
                hash = Mix(hash, MemoryMarshal.Read<ulong>(bytes[at..]));

            hash = Mix(hash, MemoryMarshal.Read<ulong>(bytes[^sizeof(ulong)..]));
        }

        return (int)(hash >> (64 - PlaceBits));
    }

    // A prime near the golden ratio of 64 bits: what it multiplies is well spread in the upper bits (Knuth, volume 3, 6.4).
    private static ulong Mix(ulong hash, ulong value) => (BitOperations.RotateLeft(hash, 29) ^ value) * 0x9E3779B97F4A7C55;
}
