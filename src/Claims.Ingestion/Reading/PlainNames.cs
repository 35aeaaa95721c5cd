using System.Buffers;

namespace Claims.Ingestion.Reading;

/// <summary>The names of a plain file, each kept once, and the prefixes that its root declares.</summary>
internal sealed class PlainNames
{
    private const int MaxNames = 1000;
    private const int MaxSpareNames = 200;
    private const int MostSpares = 8;
    private const int Places = 256;
    private const int NextPlaces = 1024;

    private static readonly SearchValues<char> Starts = SearchValues.Create("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz_");
    private static readonly SearchValues<char> NotInValues = SearchValues.Create("<&");
    private static readonly Spares<PlainNames> _spares = new(() => new PlainNames(), MostSpares);

    private readonly PlainName?[] _recent = new PlainName?[Places];
    private readonly PlainName?[] _next = new PlainName?[NextPlaces];
    private readonly Dictionary<string, PlainName> _all = new(StringComparer.Ordinal);
    private readonly HashSet<string> _prefixes = new(StringComparer.Ordinal);

    /// <summary>One that may know the names of other files already.</summary>
    public static PlainNames Take() => _spares.Take();

    public void GiveBack()
    {
        _prefixes.Clear();
        if (_all.Count <= MaxSpareNames)
            _spares.GiveBack(this);
    }

    /// <param name="raw">The name, of nothing but characters that a name may have.</param>
    public PlainName Get(ReadOnlySpan<char> raw)
    {
        if (raw.IsEmpty)
            throw new NotPlainException();

        ref var recent = ref _recent[(raw.Length + (3 * raw[0]) + (5 * raw[raw.Length / 2]) + (17 * raw[^1])) % Places];
        if (recent is null || !raw.SequenceEqual(recent.Raw))
            recent = Find(raw);

        return recent;
    }

    /// <summary>The name of the element that began the last time after another one, in the same parent. Claims are much alike, so it is often the next one.</summary>
    public ref PlainName? Next(PlainName last, PlainName parent) => ref _next[((37 * parent.Number) + last.Number) % NextPlaces];

    /// <summary>Makes sure that the prefix of a name is declared, if it has one.</summary>
    public void RequirePrefix(PlainName name)
    {
        if (name.Raw.Length != name.Local.Length && !_prefixes.Contains(name.Raw[..^(name.Local.Length + 1)]))
            throw new NotPlainException();
    }

    /// <summary>Looks at the attributes of a tag. They mean nothing in claim files, but they must be well-formed.</summary>
    /// <param name="text">What follows the name.</param>
    /// <param name="isRoot">Whether they are of the root, where prefixes may be declared.</param>
    public void TakeAttributes(ReadOnlySpan<char> text, bool isRoot)
    {
        if (text is " ")
            return;

        if (text.Count('\r') != text.Count("\r\n"))
            throw new NotPlainException();

        var names = new List<PlainName>();
        while (true)
        {
            var rest = text.TrimStart(" \t\r\n");
            if (rest.IsEmpty)
                break;

            if (rest.Length == text.Length || rest.IndexOf('=') is not (> 0 and var equals) || rest[(equals + 1)..] is not [('"' or '\'') and var quote, .. var after])
                throw new NotPlainException();

            var length = after.IndexOf(quote);
            if (length < 0 || after[..length].ContainsAny(NotInValues))
                throw new NotPlainException();

            var name = Find(rest[..equals]);
            Declare(name, after[..length], isRoot);
            names.Add(name);
            text = after[(length + 1)..];
        }

        // Two prefixes may stand for the same.
        if (names.DistinctBy(name => name.Local).Count() != names.Count)
            throw new NotPlainException();

        foreach (var name in names.Where(name => name.Raw != "xmlns" && !name.Raw.StartsWith("xmlns:", StringComparison.Ordinal)))
            RequirePrefix(name);
    }

    private void Declare(PlainName name, ReadOnlySpan<char> value, bool isRoot)
    {
        var isPrefix = name.Raw.StartsWith("xmlns:", StringComparison.Ordinal);
        if (!isPrefix && name.Raw != "xmlns")
            return;

        if (!isRoot || value.Contains("www.w3.org/XML/1998", StringComparison.Ordinal) || value.Contains("www.w3.org/2000/xmlns", StringComparison.Ordinal))
            throw new NotPlainException();

        if (!isPrefix)
            return;

        if (value.IsEmpty || name.Local.StartsWith("xml", StringComparison.OrdinalIgnoreCase))
            throw new NotPlainException();

        _prefixes.Add(name.Local);
    }

    private PlainName Find(ReadOnlySpan<char> raw)
    {
        var known = _all.GetAlternateLookup<ReadOnlySpan<char>>();
        if (known.TryGetValue(raw, out var name))
            return name;

        var colon = raw.IndexOf(':');
        var local = raw[(colon + 1)..];
        if (_all.Count == MaxNames || local.IsEmpty || !Starts.Contains(local[0]) || !Starts.Contains(raw[0]) || local.ContainsAnyExcept(PlainXmlCursor.NameChars) || local.Contains(':'))
            throw new NotPlainException();

        var text = raw.ToString();
        return _all[text] = new PlainName(text, colon < 0 ? text : local.ToString(), _all.Count);
    }
}
