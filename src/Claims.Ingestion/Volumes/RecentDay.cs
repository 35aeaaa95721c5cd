namespace Claims.Ingestion.Volumes;

/// <summary>The claims of the last 24 hours, by hour, beside those that were usual when each hour began.</summary>
internal sealed class RecentDay
{
    private const int Hours = 24;
    private readonly float[] _claims = new float[Hours];
    private readonly float[] _usual = new float[Hours];

    public void Begin(long hour, float usual)
    {
        _claims[hour % Hours] = 0;
        _usual[hour % Hours] = usual;
    }

    public void Add(long hour, long claims) => _claims[hour % Hours] += claims;

    public float ClaimsOf(long hour) => _claims[hour % Hours];

    public float Claims() => Sum(_claims);

    public float UsualClaims() => Sum(_usual);

    public void Write(BinaryWriter writer)
    {
        foreach (float claims in _claims) writer.Write(claims);
        foreach (float claims in _usual) writer.Write(claims);
    }

    public static RecentDay Read(BinaryReader reader)
    {
        var day = new RecentDay();
        for (int i = 0; i < Hours; i++) day._claims[i] = reader.ReadSingle();
        for (int i = 0; i < Hours; i++) day._usual[i] = reader.ReadSingle();
        return day;
    }

    private static float Sum(float[] values)
    {
        float sum = 0;
        foreach (float value in values) sum += value;
        return sum;
    }
}
