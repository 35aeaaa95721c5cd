namespace Claims.Ingestion.Volumes;

/// <summary>What each of the 168 hours of a week usually brings: the mean of its first four weeks; from then on a new week weighs a quarter.</summary>
/// <remarks>The week is that of UTC. A facility's local week is the same one turned by its fixed offset, so no time zone is needed.</remarks>
internal sealed class UsualWeek
{
    public const int Hours = 168;
    private const int WeeksOfMean = 4;
    private readonly byte[] _weeks = new byte[Hours];
    private readonly float[] _arrivals = new float[Hours];
    private readonly float[] _files = new float[Hours];
    private readonly float[] _claims = new float[Hours];

    /// <summary>In which share of the weeks the hour brought any file: the files to be expected when those of one hour count once.</summary>
    public float Arrivals(long hour) => _arrivals[hour % Hours];

    public float Files(long hour) => _files[hour % Hours];

    public float Claims(long hour) => _claims[hour % Hours];

    public float ClaimsOfMeanDay() => Sum(_claims) / 7;

    /// <summary>The claims of an hour that brought any file.</summary>
    public float ClaimsOfArrival() => Sum(_claims) / Sum(_arrivals);

    public void Learn(long hour, int files, float claims)
    {
        long i = hour % Hours;
        if (_weeks[i] < WeeksOfMean) _weeks[i]++;
        float weight = 1f / _weeks[i];
        _arrivals[i] += weight * ((files > 0 ? 1 : 0) - _arrivals[i]);
        _files[i] += weight * (files - _files[i]);
        _claims[i] += weight * (claims - _claims[i]);
    }

    /// <summary>Learns that this many weeks brought nothing.</summary>
    public void LearnNothingFor(float weeks)
    {
        float kept = MathF.Pow(1 - (1f / WeeksOfMean), weeks);
        for (int i = 0; i < Hours; i++)
        {
            _arrivals[i] *= kept;
            _files[i] *= kept;
            _claims[i] *= kept;
        }
    }

    public void Write(BinaryWriter writer)
    {
        writer.Write(_weeks);
        foreach (float share in _arrivals) writer.Write((Half)share);
        foreach (float files in _files) writer.Write((Half)Math.Min(files, (float)Half.MaxValue));
        foreach (float claims in _claims) writer.Write(claims);
    }

    public static UsualWeek Read(BinaryReader reader)
    {
        var week = new UsualWeek();
        reader.BaseStream.ReadExactly(week._weeks);
        for (int i = 0; i < Hours; i++) week._arrivals[i] = (float)reader.ReadHalf();
        for (int i = 0; i < Hours; i++) week._files[i] = (float)reader.ReadHalf();
        for (int i = 0; i < Hours; i++) week._claims[i] = reader.ReadSingle();
        return week;
    }

    private static float Sum(float[] values)
    {
        float sum = 0;
        foreach (float value in values) sum += value;
        return sum;
    }
}
