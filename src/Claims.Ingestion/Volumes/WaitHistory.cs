namespace Claims.Ingestion.Volumes;

/// <summary>How a facility's waits for a file usually go, each measured in the files that were to be expected meanwhile.</summary>
/// <remarks>
/// For files that come at random the chance of a wait of n is e to the power of -n, whatever the hours of opening. When they come in bursts the
/// waits between them are longer by some factor, the scale: half of the mean square over the mean, since for random waits that is 1.
/// When they come regularly no wait is long.
/// </remarks>
internal struct WaitHistory()
{
    private const int MinWaits = 20;
    private const float LongWait = 1.5f;
    private const int MemoryStart = 6;
    private const int Memory = 48;
    private RecentPeak _longest;
    private int _memory = MemoryStart;
    private float _mean = 1;
    private float _meanSquare = 2;

    /// <summary>Whether no wait of late missed clearly more than one file.</summary>
    public readonly bool IsRegular => _longest.Count >= MinWaits && _longest.Value <= LongWait;

    /// <summary>By how much its waits are longer than random ones.</summary>
    public readonly float Scale => Math.Max(1, _meanSquare / (2 * _mean));

    public void Note(float missed)
    {
        _longest.Note(missed);
        if (missed <= 0)
            return;

        if (_memory < Memory) _memory++;
        _mean += (missed - _mean) / _memory;
        _meanSquare += ((missed * missed) - _meanSquare) / _memory;
    }

    public void EndPeriod() => _longest.EndPeriod();

    public readonly void Write(BinaryWriter writer)
    {
        _longest.Write(writer);
        writer.Write(_memory);
        writer.Write(_mean);
        writer.Write(_meanSquare);
    }

    public static WaitHistory Read(BinaryReader reader) => new()
    {
        _longest = RecentPeak.Read(reader),
        _memory = reader.ReadInt32(),
        _mean = reader.ReadSingle(),
        _meanSquare = reader.ReadSingle(),
    };
}
