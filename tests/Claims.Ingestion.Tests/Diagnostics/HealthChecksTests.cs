using Claims.Ingestion.Pipeline;
using Claims.Ingestion.Scheduling;
using Claims.Ingestion.Storage;
using Claims.Ingestion.Tests.Fakes;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Diagnostics.HealthChecks;
using Microsoft.Extensions.Logging;

namespace Claims.Ingestion.Tests.Diagnostics;

public sealed class HealthChecksTests : IAsyncLifetime
{
    private readonly SteppingClock _clock = new();
    private readonly FakeDirectory _directory = new();
    private ServiceProvider? _services;

    public ValueTask InitializeAsync() => ValueTask.CompletedTask;

    public async ValueTask DisposeAsync()
    {
        if (_services is not null) await _services.DisposeAsync();
    }

    [Fact]
    public async Task Pipeline_NotStartedRunningStopped_SaysSo()
    {
        Build();
        Assert.Equal((HealthStatus.Unhealthy, "The pipeline is not running: the host is starting or stopping."), await CheckAsync("claims-pipeline"));

        await Get<IngestionPipeline>().StartAsync(Waiting.Token);
        Assert.Equal((HealthStatus.Healthy, "0 files in flight."), await CheckAsync("claims-pipeline"));

        await Get<IngestionPipeline>().StopAsync(Waiting.Token);
        Assert.Equal((HealthStatus.Unhealthy, "The pipeline is not running: the host is starting or stopping."), await CheckAsync("claims-pipeline"));
    }

    [Fact]
    public async Task Pipeline_StageFailed_NamesIt()
    {
        Build(new ThrowingLoggers());
        var pipeline = Get<IngestionPipeline>();
        await pipeline.StartAsync(Waiting.Token);
        var facility = new Ingestion.Facilities.Facility("FAC-1", "fake", "x");
        var poller = new FakePoller { OnAcknowledge = (_, _, _) => throw new InvalidOperationException("refused") };

        pipeline.SubmitKnown(new FileInFlight(facility, poller, new("a", "a"), pipeline.InFlight, null, null), new FileFate(FileStatus.Stored, null, default, null));
        await Waiting.UntilAsync(() => !pipeline.State.IsRunning);

        Assert.Equal((HealthStatus.Unhealthy, "The stage 'acknowledging' failed. See the log for why; restart the host."), await CheckAsync("claims-pipeline"));
    }

    [Fact]
    public async Task Scheduler_LoopTurns_IsHealthyAndOtherwiseNot()
    {
        Build();
        await Get<FacilityScheduler>().StartAsync(Waiting.Token);
        await _clock.Delays.WaitAsync();
        Assert.Equal((HealthStatus.Healthy, "The scheduler looked for due facilities 0 s ago."), await CheckAsync("claims-scheduler"));

        await Get<FacilityScheduler>().StopAsync(Waiting.Token);
        _clock.Advance(TimeSpan.FromSeconds(31));

        Assert.Equal(
            (HealthStatus.Unhealthy, "The scheduler has not looked for due facilities for 31 s. See the log for why; restart the host."),
            await CheckAsync("claims-scheduler"));
    }

    [Fact]
    public async Task Scheduler_SwitchedOff_IsHealthy()
    {
        Build(enabled: false);
        _clock.Advance(TimeSpan.FromHours(1));

        Assert.Equal((HealthStatus.Healthy, "The schedule is switched off; polls are made on request."), await CheckAsync("claims-scheduler"));
    }

    private void Build(ILoggerProvider? loggers = null, bool enabled = true)
    {
        var services = new ServiceCollection();
        services.AddLogging(logging =>
        {
            if (loggers is not null) logging.AddProvider(loggers);
        });
        services.AddSingleton<TimeProvider>(_clock);
        services.AddSingleton<Ingestion.Facilities.IFacilityDirectory>(_directory);
        services.AddClaimsIngestion().UseInMemoryStore();
        services.Configure<SchedulingOptions>(options => options.Enabled = enabled);
        services.AddHealthChecks().AddClaimsIngestion();
        _services = services.BuildServiceProvider();
    }

    private T Get<T>()
        where T : notnull => _services!.GetRequiredService<T>();

    private async Task<(HealthStatus, string?)> CheckAsync(string name)
    {
        HealthReport report = await Get<HealthCheckService>().CheckHealthAsync(check => check.Name == name, Waiting.Token);
        HealthReportEntry entry = Assert.Single(report.Entries).Value;
        Assert.Equal(["live", "ready"], entry.Tags.Order(StringComparer.Ordinal));
        return (entry.Status, entry.Description);
    }

    /// <summary>A broken log: the one thing that may fail a stage. It takes the report of the failed stage.</summary>
    private sealed class ThrowingLoggers : ILoggerProvider, ILogger
    {
        public ILogger CreateLogger(string categoryName) => this;

        public IDisposable? BeginScope<TState>(TState state)
            where TState : notnull => null;

        public bool IsEnabled(LogLevel logLevel) => true;

        public void Log<TState>(LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter)
        {
            if (eventId.Name == "AcknowledgementFailed") throw new InvalidOperationException("the disk is full");
        }

        public void Dispose()
        {
        }
    }
}
