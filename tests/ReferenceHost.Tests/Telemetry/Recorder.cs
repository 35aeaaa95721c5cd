using System.Collections.Concurrent;
using System.Diagnostics;
using System.Diagnostics.Metrics;
using Microsoft.Extensions.Logging;

namespace ReferenceHost.Tests.Telemetry;

/// <summary>Hears whatever this process tells of itself: logs with scopes and exceptions, metrics, spans. Of texts it keeps those that hold marks.</summary>
internal sealed class Recorder : ILoggerProvider, ISupportExternalScope
{
    private readonly ConcurrentDictionary<string, byte> _leaks = new(StringComparer.Ordinal);
    private readonly ConcurrentDictionary<string, byte> _seen = new(StringComparer.Ordinal);
    private readonly ConcurrentQueue<Activity> _spans = new();
    private readonly ConcurrentDictionary<Instrument, ConcurrentDictionary<string, byte>> _instruments = new();
    private readonly MeterListener _meters = new();
    private readonly ActivityListener _activities;
    private IExternalScopeProvider _scopes = new LoggerExternalScopeProvider();

    public Recorder()
    {
        _activities = new ActivityListener
        {
            ShouldListenTo = _ => true,
            Sample = (ref ActivityCreationOptions<ActivityContext> _) => ActivitySamplingResult.AllDataAndRecorded,
            ActivityStopped = Hear,
        };
        ActivitySource.AddActivityListener(_activities);
        _meters.InstrumentPublished = (instrument, listener) =>
        {
            _instruments.TryAdd(instrument, new(StringComparer.Ordinal));
            listener.EnableMeasurementEvents(instrument);
        };
        _meters.SetMeasurementEventCallback<int>((instrument, _, tags, _) => Hear(instrument, tags));
        _meters.SetMeasurementEventCallback<long>((instrument, _, tags, _) => Hear(instrument, tags));
        _meters.SetMeasurementEventCallback<double>((instrument, _, tags, _) => Hear(instrument, tags));
        _meters.Start();
    }

    /// <summary>Texts with marks, and where they were heard.</summary>
    public IReadOnlyCollection<string> Leaks => [.. _leaks.Keys.Order(StringComparer.Ordinal)];

    /// <summary>The log events by their names, and the spans by theirs.</summary>
    public IReadOnlyCollection<string> Seen => [.. _seen.Keys];

    public IReadOnlyCollection<Activity> Spans => [.. _spans];

    /// <summary>The instruments, each with the names of the tags that it was measured with.</summary>
    public IReadOnlyDictionary<Instrument, IReadOnlyCollection<string>> Instruments => _instruments.ToDictionary(i => i.Key, IReadOnlyCollection<string> (i) => [.. i.Value.Keys]);

    /// <summary>From now on it hears nothing: tests ask questions of their own.</summary>
    public void Stop()
    {
        _activities.Dispose();
        _meters.Dispose();
    }

    public void Observe() => _meters.RecordObservableInstruments();

    public void Check(string where, string? text)
    {
        if (text is not null && Marks.In(text).FirstOrDefault() is { } mark) _leaks.TryAdd($"{where}: {mark} in {text.ReplaceLineEndings(" ")}", 0);
    }

    public ILogger CreateLogger(string categoryName) => new Logger(this, categoryName);

    public void SetScopeProvider(IExternalScopeProvider scopeProvider) => _scopes = scopeProvider;

    public void Dispose() => Stop();

    private void Hear(Instrument instrument, ReadOnlySpan<KeyValuePair<string, object?>> tags)
    {
        foreach (KeyValuePair<string, object?> tag in tags)
        {
            _instruments[instrument].TryAdd(tag.Key, 0);
            Check($"metric {instrument.Name}", $"{tag.Key}={tag.Value}");
        }
    }

    private void Hear(Activity span)
    {
        _seen.TryAdd(span.OperationName, 0);
        if (span.Source.Name.StartsWith("Claims.", StringComparison.Ordinal) || span.Source.Name == "Npgsql") _spans.Enqueue(span);
        string where = $"span {span.Source.Name} {span.OperationName}";
        Check(where, $"{span.DisplayName} {span.StatusDescription} {span.TraceStateString}");
        foreach ((string key, object? value) in span.TagObjects) Check(where, $"{key}={value}");
        foreach ((string key, string? value) in span.Baggage) Check(where, $"{key}={value}");
        foreach ((string key, object? value) in span.Links.SelectMany(link => link.Tags ?? [])) Check(where, $"link {key}={value}");
        foreach (ActivityEvent happened in span.Events)
        {
            foreach ((string key, object? value) in happened.Tags) Check(where, $"event {happened.Name} {key}={value}");
        }
    }

    private sealed class Logger(Recorder recorder, string category) : ILogger
    {
        // The names of files in folders are logged for debugging, and only there: see the documentation of traces and logs.
        private static readonly string[] WithFileNames = ["FileMoved", "FileLeft"];

        public IDisposable? BeginScope<TState>(TState state)
            where TState : notnull => recorder._scopes.Push(state);

        public bool IsEnabled(LogLevel logLevel) => logLevel >= LogLevel.Debug;

        public void Log<TState>(LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter)
        {
            if (!IsEnabled(logLevel)) return;
            if (eventId.Name is not null) recorder._seen.TryAdd(eventId.Name, 0);
            if (logLevel == LogLevel.Debug && category == "Claims.Ingestion.Polling.DirectoryPoller" && WithFileNames.Contains(eventId.Name)) return;
            string where = $"log {category} {eventId.Name}";
            recorder.Check(where, formatter(state, exception));
            recorder.Check(where, exception?.ToString());
            if (state is IEnumerable<KeyValuePair<string, object?>> values) CheckAll(values);
            recorder._scopes.ForEachScope<object?>(
                (scope, _) =>
                {
                    recorder.Check($"{where}, scope", scope?.ToString());
                    if (scope is IEnumerable<KeyValuePair<string, object?>> pairs) CheckAll(pairs);
                },
                null);

            void CheckAll(IEnumerable<KeyValuePair<string, object?>> pairs)
            {
                foreach ((string key, object? value) in pairs) recorder.Check(where, $"{key}={value}");
            }
        }
    }
}
