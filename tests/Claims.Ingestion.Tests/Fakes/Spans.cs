using System.Collections.Concurrent;
using System.Diagnostics;

namespace Claims.Ingestion.Tests.Fakes;

/// <summary>Listens to the spans of the library and keeps those that ended. Only one class of tests may, since it hears of all.</summary>
internal sealed class Spans : IDisposable
{
    private readonly ConcurrentQueue<Activity> _ended = new();
    private readonly ActivityListener _listener;

    public Spans(ActivitySamplingResult sampling = ActivitySamplingResult.AllDataAndRecorded)
    {
        _listener = new ActivityListener
        {
            ShouldListenTo = source => source.Name == "Claims.Ingestion",
            Sample = (ref ActivityCreationOptions<ActivityContext> _) => sampling,
            ActivityStopped = _ended.Enqueue,
        };
        ActivitySource.AddActivityListener(_listener);
    }

    /// <summary>The spans of a name that are about this facility, its batches among them, in the order of their ends.</summary>
    public IReadOnlyList<Activity> Of(string facilityId, string name)
    {
        HashSet<ActivityTraceId> traces = [.. _ended.Where(a => Equals(a.GetTagItem("claims.facility"), facilityId)).Select(a => a.TraceId)];
        return [.. _ended.Where(a => a.OperationName == name && traces.Contains(a.TraceId))];
    }

    public void Dispose() => _listener.Dispose();
}
