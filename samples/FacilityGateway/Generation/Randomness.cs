namespace FacilityGateway.Generation;

/// <summary>SplitMix64: the same numbers on every machine and every version of .NET, and cheap to start for each file and each claim.</summary>
internal sealed class Randomness(ulong state)
{
    private const ulong Golden = 0x9E3779B97F4A7C15;

    private ulong _state = state;

    /// <summary>Numbers that depend on all the parts and on nothing else.</summary>
    public static Randomness For(params ReadOnlySpan<ulong> parts)
    {
        var state = Golden;
        foreach (var part in parts)
            state = Mix(state + Golden + Mix(part + Golden));

        return new Randomness(state);
    }

    /// <summary>FNV-1a over the characters; string.GetHashCode differs from run to run.</summary>
    public static ulong HashOf(string text)
    {
        var hash = 0xCBF29CE484222325;
        foreach (var character in text)
            hash = (hash ^ character) * 0x100000001B3;

        return hash;
    }

    public ulong Next() => Mix(_state += Golden);

    public int Below(int limit) => (int)(((Next() >> 32) * (ulong)limit) >> 32);

    public int Between(int first, int last) => first + Below(last - first + 1);

    /// <summary>A number from 0 up to, not including, 1.</summary>
    public double Share() => (Next() >> 11) * (1.0 / (1UL << 53));

    public bool Chance(double share) => Share() < share;

    public T Pick<T>(IReadOnlyList<T> items) => items[Below(items.Count)];

    /// <summary>Some of the items, each at most once, in random order.</summary>
    public List<T> Some<T>(IEnumerable<T> items, int count)
    {
        var pool = items.ToList();
        count = Math.Min(count, pool.Count);
        for (var i = 0; i < count; i++)
        {
            var other = Between(i, pool.Count - 1);
            (pool[i], pool[other]) = (pool[other], pool[i]);
        }

        return pool[..count];
    }

    public string Digits(int count)
    {
        var digits = new char[count];
        for (var i = 0; i < count; i++)
            digits[i] = (char)('0' + Below(10));

        return new string(digits);
    }

    private static ulong Mix(ulong value)
    {
        value = (value ^ (value >> 30)) * 0xBF58476D1CE4E5B9;
        value = (value ^ (value >> 27)) * 0x94D049BB133111EB;
        return value ^ (value >> 31);
    }
}
