using Claims.Ingestion.Dashboard.State;
using Claims.Ingestion.Diagnostics;
using Claims.Ingestion.Governing;
using Claims.Ingestion.Pipeline;
using Claims.Ingestion.Scheduling;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace Claims.Ingestion.Dashboard.Live;

/// <summary>Takes what this process knows of itself each second, once for all who look, and tells them. Nothing of it asks the database.</summary>
internal sealed class DashboardLive : BackgroundService
{
    public static readonly TimeSpan Beat = TimeSpan.FromSeconds(1);

    /// <summary>A quarter of an hour.</summary>
    private const int Samples = 900;

    /// <summary>Batches come one by one: the speed is that of so many seconds.</summary>
    private const int SpeedSeconds = 10;
    private const int MinuteSeconds = 60;

    private static readonly TimeSpan _oldViews = TimeSpan.FromSeconds(30);

    private readonly IngestionControl? _control;
    private readonly IngestionPipeline? _pipeline;
    private readonly Governor? _governor;
    private readonly IDatabaseDesk? _database;
    private readonly DashboardReadings _readings;
    private readonly StoredClaims _claims;
    private readonly TimeProvider _time;
    private readonly ILogger<DashboardLive> _logger;
    private readonly Lock _gate = new();
    private readonly SampleRing _ring = new(Samples);
    private readonly Queue<(long At, long Total)> _totals = new();
    private readonly List<Action> _viewers = [];
    private DashboardSnapshot? _snapshot;
    private long _snapshotAt;
    private DateTimeOffset? _downSince;
    private bool _hasFailed;

    public DashboardLive(IServiceProvider services, DashboardReadings readings, StoredClaims claims, TimeProvider time, ILogger<DashboardLive> logger)
    {
        _control = services.GetService<IngestionControl>();
        _pipeline = services.GetService<IngestionPipeline>();
        _governor = services.GetService<Governor>();
        _database = services.GetService<IDatabaseDesk>();
        _readings = readings;
        _claims = claims;
        _time = time;
        _logger = logger;
        _totals.Enqueue((time.GetTimestamp(), claims.Total));
    }

    /// <summary>Whether the host gives a view of its database.</summary>
    public bool HasDatabase => _database is not null;

    /// <summary>What is known now: at most a second old.</summary>
    public DashboardSnapshot Snapshot
    {
        get
        {
            lock (_gate)
            {
                if (_snapshot is not null && _time.GetElapsedTime(_snapshotAt) < Beat) return _snapshot;
                _snapshotAt = _time.GetTimestamp();
                return _snapshot = Look();
            }
        }
    }

    public DateTimeOffset Now => _time.GetUtcNow();

    /// <summary>Is told each second, until the result is disposed of.</summary>
    public IDisposable Watch(Action changed)
    {
        lock (_gate) _viewers.Add(changed);
        return new Viewer(() =>
        {
            lock (_gate) _viewers.Remove(changed);
        });
    }

    /// <summary>Takes a sample and tells those who look.</summary>
    internal void BeatOnce()
    {
        Action[] viewers;
        lock (_gate)
        {
            _ring.Add(TakeSample());
            viewers = [.. _viewers];

            // What nobody looks at is not put together.
            _snapshot = null;
        }

        foreach (Action viewer in viewers) viewer();
    }

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        try
        {
            while (true)
            {
                await Task.Delay(Beat, _time, stoppingToken);
                try
                {
                    BeatOnce();
                    _hasFailed = false;
                }
                catch (Exception exception)
                {
                    // Once is enough: the next second tries again.
                    if (!_hasFailed) _logger.BeatFailed(exception);
                    _hasFailed = true;
                }
            }
        }
        catch (OperationCanceledException) when (stoppingToken.IsCancellationRequested)
        {
            // Stopping.
        }
    }

    private Sample TakeSample()
    {
        _totals.Enqueue((_time.GetTimestamp(), _claims.Total));
        if (_totals.Count > MinuteSeconds + 1) _totals.Dequeue();
        NoteDatabase(_database?.Read());
        GovernorStatus? status = _governor?.Status;
        PipelineFlow? flow = _pipeline?.Flow;
        return new Sample(
            _time.GetUtcNow(), Speed(SpeedSeconds) ?? 0, status?.UserLatency?.TotalMilliseconds, status?.Baseline?.TotalMilliseconds, status?.Share ?? 1, flow?.Stages[0].Items ?? 0, flow?.Bytes ?? 0);
    }

    private DashboardSnapshot Look()
    {
        DatabaseOverview? database = _database?.Read();
        NoteDatabase(database);
        (bool isRunning, string? fault) = _pipeline?.State ?? (true, null);
        DateTimeOffset now = _time.GetUtcNow();
        Reading<IReadOnlyList<ViewOverview>>? views = _readings.Views?.Latest;
        var facts = new StateFacts
        {
            Now = now,
            Facilities = _control?.Facilities ?? [],
            IsRunning = isRunning,
            Fault = fault,
            Flow = _pipeline?.Flow,
            Governor = _governor?.Status,
            Database = database,
            DatabaseDownSince = _downSince,
            Views = views is { Value: { } seen, At: { } at } && now - at < _oldViews ? seen : [],
            ClaimsPerMinute = Speed(MinuteSeconds),
        };
        return new DashboardSnapshot(facts, StateSentence.Of(facts), _ring.ToArray());
    }

    /// <summary>Claims a minute over the last seconds; <see langword="null"/> before anything is known.</summary>
    private double? Speed(int seconds)
    {
        (long At, long Total)[] totals = [.. _totals.TakeLast(seconds + 1)];
        if (totals.Length < 2) return null;
        double elapsed = _time.GetElapsedTime(totals[0].At, totals[^1].At).TotalMinutes;
        return elapsed <= 0 ? null : (totals[^1].Total - totals[0].Total) / elapsed;
    }

    private void NoteDatabase(DatabaseOverview? database)
    {
        bool isDown = database is { Servers.Count: > 0 } && !database.Servers.Any(s => s.IsReachable && s.Role == "primary");
        _downSince = isDown ? _downSince ?? _time.GetUtcNow() : null;
    }
}
