using System.Diagnostics;
using Claims.Ingestion.Pipeline;
using Claims.Ingestion.Scheduling;
using Claims.Ingestion.Storage;

namespace Claims.Ingestion.Diagnostics;

/// <summary>
/// The spans that follow a file: <c>claims.poll</c> with a <c>claims.fetch</c> for each file, whose context the file carries on, for <c>claims.read</c>, <c>claims.batch</c> and
/// <c>claims.acknowledge</c>. While nobody listens they are <see langword="null"/> and cost nothing.
/// </summary>
internal static class Traces
{
    public const string SourceName = "Claims.Ingestion";

    private static readonly ActivitySource _source = new(SourceName);

    /// <summary>Begins a trace: a poll is nobody's child, but knows who asked for it.</summary>
    public static Activity? StartPoll(PollRequest request, Guid id)
    {
        Activity.Current = null;
        if (!_source.HasListeners()) return null;
        ActivityLink[]? asked = request.AskedBy is { } by ? [new ActivityLink(by)] : null;
        return _source.StartActivity("claims.poll", ActivityKind.Internal, parentContext: default, links: asked)?
            .SetTag(Tag.Facility, request.Facility.Id).SetTag(Tag.Poll, id.ToString()).SetTag(Tag.PollKind, Tag.Word(request.Kind));
    }

    public static Activity? StartFetch(FileInFlight file)
    {
        Activity? fetch = _source.StartActivity("claims.fetch")?.About(file);

        // When this file is not sampled, what follows must know that too.
        file.Trace = Activity.Current?.Context ?? default;
        return fetch;
    }

    public static Activity? StartRead(FileInFlight file) =>
        _source.StartActivity("claims.read", ActivityKind.Internal, file.Trace)?.About(file).SetTag(Tag.Bytes, file.File!.Length);

    /// <summary>The writing of a batch is part of the trace of one of its files, if possible of one that is sampled, and linked to all of them.</summary>
    public static Activity? StartBatch(IEnumerable<FileInFlight> files, int count)
    {
        Activity.Current = null;
        if (!_source.HasListeners()) return null;
        ActivityContext[] traces = [.. files.Select(f => f.Trace).Where(t => t != default)];
        ActivityContext parent = traces.FirstOrDefault(IsSampled, traces.FirstOrDefault());
        return _source.StartActivity("claims.batch", ActivityKind.Internal, parent, links: traces.Select(t => new ActivityLink(t)))?.SetTag(Tag.Files, count);
    }

    public static Activity? StartAcknowledge(FileInFlight file, FileFate fate)
    {
        if (!_source.HasListeners()) return null;
        ActivityLink[]? batch = file.Batch != default ? [new ActivityLink(file.Batch)] : null;
        return _source.StartActivity("claims.acknowledge", ActivityKind.Internal, file.Trace, links: batch)?.About(file).SetTag(Tag.Fate, Tag.Word(fate.Status));
    }

    /// <summary>The trace by which the file can be found, if it is kept at all.</summary>
    public static string? IdOf(ActivityContext trace) => IsSampled(trace) ? trace.TraceId.ToHexString() : null;

    /// <summary>Says that it failed. Messages are not repeated: what others wrote into them is not known.</summary>
    public static void Fail(this Activity? activity, string error) => activity?.SetTag(Tag.Error, error).SetStatus(ActivityStatusCode.Error);

    public static void Fail(this Activity? activity, Exception exception) => activity.Fail(exception.GetType().Name);

    private static bool IsSampled(ActivityContext trace) => trace.TraceFlags.HasFlag(ActivityTraceFlags.Recorded);

    private static Activity About(this Activity activity, FileInFlight file) =>
        activity.SetTag(Tag.Facility, file.Facility.Id).SetTag(Tag.File, file.Remote.ExternalId);
}
