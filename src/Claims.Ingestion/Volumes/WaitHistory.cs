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
    private const float Weight = 1 / 32f;
    private RecentPeak _longest;
    private float _mean = 1;
    private float _meanSquare = 2;

    /// <summary>Whether one missed file never happened of late, or only just.</summary>
    public readonly bool IsRegular => _longest.Count >= MinWaits && _longest.Value <= LongWait;

    public readonly float Scale => Math.Max(1, _meanSquare / (2 * _mean));

    public void Note(float missed)
    {
        _longest.Note(missed);
        if (missed <= 0)
            return;

        _mean += Weight * (missed - _mean);
        _meanSquare += Weight * ((missed * missed) - _meanSquare);
    }

    public void EndPeriod() => _longest.EndPeriod();

    public readonly void Write(BinaryWriter writer)
    {
        _longest.Write(writer);
        writer.Write(_mean);
        writer.Write(_meanSquare);
    }

    public static WaitHistory Read(BinaryReader reader) => new()
    {
        _longest = RecentPeak.Read(reader),
        _mean = reader.ReadSingle(),
        _meanSquare = reader.ReadSingle(),
    };
}
