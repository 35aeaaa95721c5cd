namespace Claims.Ingestion.Pipeline;

/// <summary>The name, the clock and the tag with which one stage measures.</summary>
internal sealed class StageMeter(FlowMetrics metrics, string stage, TimeProvider time)
{
    private readonly KeyValuePair<string, object?> _tag = new(FlowMetrics.StageTag, stage);

    public string Stage => stage;

    public long Now => time.GetTimestamp();

    public void Waited(long since) => metrics.Waited(_tag, time.GetElapsedTime(since));

    public void WaitedForRoom(long since) => metrics.WaitedForRoom(_tag, time.GetElapsedTime(since));

    public void Worked(long since) => metrics.Worked(_tag, time.GetElapsedTime(since));
}
