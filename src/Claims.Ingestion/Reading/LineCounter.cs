namespace Claims.Ingestion.Reading;

/// <summary>Counts the lines of text that passes through a buffer: forwards only, and no further than somebody asks.</summary>
internal struct LineCounter()
{
    private int _counted = 0;
    private int _line = 1;
    private long _lineStart = 0;

    /// <summary>Where a character of the buffer is.</summary>
    /// <param name="buffer">The buffer.</param>
    /// <param name="at">Its index there: not before one that was asked for.</param>
    public Place PlaceOf(ReadOnlySpan<char> buffer, int at)
    {
        var passed = buffer[_counted..at];
        if (passed.LastIndexOf('\n') is >= 0 and var last)
        {
            _line += passed.Count('\n');
            _lineStart = _counted + last + 1;
        }

        _counted = at;
        return new Place(_line, (int)(at - _lineStart) + 1);
    }

    /// <summary>The text before an index leaves the buffer, and what follows moves to its start.</summary>
    public void Leave(ReadOnlySpan<char> buffer, int at)
    {
        PlaceOf(buffer, at);
        _lineStart -= at;
        _counted = 0;
    }
}
