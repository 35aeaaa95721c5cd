using System.Diagnostics.Metrics;
using Claims.Ingestion.Governing;
using Claims.Ingestion.Postgres.DataSources;
using HdrHistogram;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Options;

namespace Claims.LoadTests.Facilities.Hosted;

/// <summary>Listens to the meters of the library in the host: what holds connections, who waits for them, what is polled at once, and what becomes of views.</summary>
internal sealed class HostMeter : IDisposable
{
    private static readonly TimeSpan SampleInterval = TimeSpan.FromMilliseconds(20);
    private static readonly HashSet<string> Heard =
    [
        "claims.pool.held", "claims.pool.wait.duration", "claims.scheduling.wait", "claims.scheduling.polls", "claims.summary.lag", "claims.view.decisions", "claims.view.refresh.duration",
    ];

    private readonly MeterListener _listener = new();
    private readonly Lock _lock = new();
    private readonly PostgresOptions _options;
    private readonly ITimer _timer;

    // Whose pool a role draws from.
    private readonly Dictionary<DataSourceRole, DataSourceRole> _drawn;
    private readonly Dictionary<string, Pool> _pools = new();
    private readonly Dictionary<string, ViewWindow> _views = new();
    private readonly Governor _governor;
    private DateTimeOffset _opened = TimeProvider.System.GetUtcNow();
    private int _inFlight;
    private int _maxInFlight;
    private int _polls;

    public HostMeter(IOptions<PostgresOptions> options, IServiceProvider services)
    {
        _options = options.Value;
        _governor = services.GetRequiredService<Governor>();
        _listener.InstrumentPublished = (instrument, listener) =>
        {
            if (Heard.Contains(instrument.Name)) listener.EnableMeasurementEvents(instrument);
        };
        _listener.SetMeasurementEventCallback<int>((_, value, tags, _) => Held(Tag(tags, "claims.role"), value));
        _listener.SetMeasurementEventCallback<double>((instrument, value, tags, _) => Took(instrument.Name, value, tags));
        _listener.SetMeasurementEventCallback<long>((instrument, _, tags, _) => Counted(instrument.Name, tags));
        _listener.Start();

        // A pool is observed from its making on.
        _drawn = Enum.GetValues<DataSourceRole>().ToDictionary(role => role, role => services.GetRequiredKeyedService<RoleDataSource>(role).Role);
        _timer = TimeProvider.System.CreateTimer(_ => _listener.RecordObservableInstruments(), null, SampleInterval, SampleInterval);
    }

    public void OpenWindow()
    {
        lock (_lock)
        {
            _pools.Clear();
            _views.Clear();
            _opened = TimeProvider.System.GetUtcNow();
            _maxInFlight = _inFlight;
            _polls = 0;
        }
    }

    public HostWindow CloseWindow()
    {
        lock (_lock)
        {
            return new HostWindow
            {
                MaxInFlight = _maxInFlight,
                Polls = _polls,
                Ingestion = WindowOf(DataSourceRole.Ingestion),
                Api = WindowOf(DataSourceRole.Api),
                Report = WindowOf(DataSourceRole.Report),
                Views = new Dictionary<string, ViewWindow>(_views),
                Governor = [.. _governor.History.Where(decision => decision.At >= _opened).Select(Said)],
            };
        }
    }

    /// <summary>A facility begins to be polled.</summary>
    public void PollBegins()
    {
        lock (_lock) _maxInFlight = Math.Max(_maxInFlight, ++_inFlight);
    }

    public void PollEnded()
    {
        lock (_lock)
        {
            // One that ends without having begun, as it waited for its turn in vain, counts as none.
            _inFlight = Math.Max(0, _inFlight - 1);
            _polls++;
        }
    }

    /// <summary>A view was brought up to date.</summary>
    public void Refreshed(string view, double seconds, int refreshed = 1, int skipped = 0)
    {
        lock (_lock)
        {
            ViewWindow before = _views.GetValueOrDefault(view) ?? new ViewWindow(0, 0, 0);
            _views[view] = new ViewWindow(before.Refreshed + refreshed, before.Skipped + skipped, Math.Max(before.MaxS, seconds));
        }
    }

    public void Dispose()
    {
        _timer.Dispose();
        _listener.Dispose();
    }

    private static string Tag(ReadOnlySpan<KeyValuePair<string, object?>> tags, string name)
    {
        foreach ((string key, object? value) in tags)
        {
            if (key == name) return value?.ToString() ?? "";
        }

        return "";
    }

    private void Held(string role, int connections)
    {
        lock (_lock) PoolOf(role).Add(connections);
    }

    private void Took(string instrument, double seconds, ReadOnlySpan<KeyValuePair<string, object?>> tags)
    {
        switch (instrument)
        {
            case "claims.pool.wait.duration":
                lock (_lock) PoolOf(Tag(tags, "claims.role")).Waits.RecordValue(Latencies.Microseconds(seconds));
                break;
            case "claims.scheduling.wait":
                PollBegins();
                break;
            case "claims.summary.lag":
                Refreshed(Tag(tags, "claims.summary"), seconds);
                break;
            case "claims.view.refresh.duration":
                Refreshed(Tag(tags, "claims.view"), seconds);
                break;
        }
    }

    private void Counted(string instrument, ReadOnlySpan<KeyValuePair<string, object?>> tags)
    {
        if (instrument == "claims.scheduling.polls") PollEnded();
        else if (instrument == "claims.view.decisions" && Tag(tags, "claims.decision") is "skipped" or "deferred") Refreshed(Tag(tags, "claims.view"), 0, 0, 1);
    }

    private GovernorSample Said(GovernorStatus decision) => new(Math.Round((decision.At - _opened).TotalSeconds, 2), decision.Share, decision.Signal, decision.Reason);

    private Pool PoolOf(string role)
    {
        if (_pools.TryGetValue(role, out Pool? pool)) return pool;
        return _pools[role] = new Pool();
    }

    private PoolWindow WindowOf(DataSourceRole role)
    {
        DataSourceRole drawn = _drawn[role];
        Pool pool = PoolOf(drawn.ToString().ToLowerInvariant());
        return new PoolWindow(
            _options.PoolOf(drawn).MaxSize,
            pool.Samples == 0 ? 0 : (double)pool.Held / pool.Samples,

            // A connection is still counted a moment after it went back and somebody else got it.
            Math.Min(pool.Peak, _options.PoolOf(drawn).MaxSize),
            pool.Waits.Percentile(99),
            pool.Waits.Max());
    }

    private sealed class Pool
    {
        public long Held { get; private set; }

        public int Samples { get; private set; }

        public int Peak { get; private set; }

        public LongHistogram Waits { get; } = Latencies.NewHistogram();

        public void Add(int connections)
        {
            Held += connections;
            Samples++;
            Peak = Math.Max(Peak, connections);
        }
    }
}
