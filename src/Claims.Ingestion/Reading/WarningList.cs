using System.Globalization;

namespace Claims.Ingestion.Reading;

/// <summary>Collects warnings, as many as an outcome keeps.</summary>
internal sealed class WarningList
{
    private readonly List<string> _kept = [];
    private int _count;

    public int Count => _count;

    /// <summary>Forgets all but the first so many.</summary>
    public void CutTo(int count)
    {
        _count = count;
        if (_kept.Count > count)
            _kept.RemoveRange(count, _kept.Count - count);
    }

    public void Add(int claim, int line, string text) =>
        Add(string.Create(CultureInfo.InvariantCulture, $"claim {claim}, line {line}: {text}"));

    public void Add(string text)
    {
        _count++;
        if (_kept.Count < ReadOutcome.MaxWarnings)
            _kept.Add(text);
    }

    public IReadOnlyList<string> ToList()
    {
        if (_count <= ReadOutcome.MaxWarnings)
            return [.. _kept];

        const int Listed = ReadOutcome.MaxWarnings - 1;
        return [.. _kept.Take(Listed), string.Create(CultureInfo.InvariantCulture, $"and {_count - Listed} more warnings")];
    }
}
