using System.Xml;

namespace Claims.Ingestion.Reading;

/// <summary>Keeps the names of elements and attributes, but not as many as a hostile file may hold.</summary>
internal sealed class BoundedNameTable : NameTable
{
    private const int MaxNames = 10_000;
    private int _count;

    public override string Add(char[] key, int start, int len)
    {
        var known = Get(key, start, len);
        if (known is not null)
            return known;

        if (++_count > MaxNames)
            throw new PayloadException(FormattableString.Invariant($"the file has more than {MaxNames} different names of elements and attributes"));

        return base.Add(key, start, len);
    }
}
