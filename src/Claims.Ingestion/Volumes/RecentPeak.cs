namespace Claims.Ingestion.Volumes;

/// <summary>The highest of the values of this period and the one before it, and how many there were.</summary>
internal struct RecentPeak
{
    private float _current;
    private float _previous;
    private int _currentCount;
    private int _previousCount;

    public readonly float Value => Math.Max(_current, _previous);

    public readonly int Count => _currentCount + _previousCount;

    public void Note(float value)
    {
        _current = Math.Max(_current, value);
        _currentCount++;
    }

    public void EndPeriod()
    {
        (_previous, _previousCount) = (_current, _currentCount);
        (_current, _currentCount) = (0, 0);
    }

    public readonly void Write(BinaryWriter writer)
    {
        writer.Write(_current);
        writer.Write(_previous);
        writer.Write(_currentCount);
        writer.Write(_previousCount);
    }

    public static RecentPeak Read(BinaryReader reader) => new()
    {
        _current = reader.ReadSingle(),
        _previous = reader.ReadSingle(),
        _currentCount = reader.ReadInt32(),
        _previousCount = reader.ReadInt32(),
    };
}
