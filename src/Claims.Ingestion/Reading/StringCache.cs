namespace Claims.Ingestion.Reading;

/// <summary>Gives the same string for the same short text, while its place is not taken by another. Codes repeat in every claim.</summary>
internal sealed class StringCache
{
    private const int MaxLength = 32;
    private readonly string?[] _strings = new string?[2048];

    public string Get(ReadOnlySpan<char> text)
    {
        if (text.Length > MaxLength)
            return text.ToString();

        var hash = 2166136261u;
        foreach (var c in text)
            hash = (hash ^ c) * 16777619;

        ref var known = ref _strings[(hash ^ (hash >> 16)) % (uint)_strings.Length];
        return known is not null && text.SequenceEqual(known) ? known : known = text.ToString();
    }
}
