using Claims.Ingestion.Diagnostics;
using Claims.Ingestion.Facilities;
using Claims.Ingestion.Pipeline;
using Claims.Ingestion.Polling;
using Claims.Ingestion.Reading;
using Claims.Ingestion.Scheduling;
using Claims.Ingestion.Storage;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Testing;

namespace Claims.Ingestion.Tests.Fakes;

/// <summary>The ingestion as a host registers it, with fakes at its edges and a clock that stands still.</summary>
internal sealed class Kit : IAsyncDisposable
{
    private readonly ServiceProvider _services;

    public Kit(Action<PipelineOptions>? pipeline = null, Action<SchedulingOptions>? scheduling = null, Action<PollingOptions>? polling = null, IFacilityLease? leases = null,
        Action<IServiceCollection>? add = null, Action<TelemetryOptions>? telemetry = null)
    {
        var services = new ServiceCollection();
        services.AddLogging(logging => logging.SetMinimumLevel(LogLevel.Debug).AddFakeLogging());
        services.AddSingleton<TimeProvider>(Clock);
        services.AddSingleton<IFacilityDirectory>(Directory);
        services.AddSingleton<IClaimStore>(Store);
        services.AddSingleton<IFacilityPoller>(Poller);
        services.AddSingleton<IClaimFileReader>(Reader);
        if (leases is not null) services.AddSingleton(leases);
        add?.Invoke(services);
        services.AddClaimsIngestion();
        if (pipeline is not null) services.Configure(pipeline);
        if (scheduling is not null) services.Configure(scheduling);
        if (polling is not null) services.Configure(polling);
        _services = services.BuildServiceProvider();
        Log = _services.GetFakeLogCollector();
    }

    public SteppingClock Clock { get; } = new();

    public FakeDirectory Directory { get; } = new();

    public FakeStore Store { get; } = new();

    public FakePoller Poller { get; } = new();

    public FakeReader Reader { get; } = new();

    public FakeLogCollector Log { get; }

    public Facility Facility { get; } = new("FAC-1", "fake", "nowhere");

    public IngestionPipeline Pipeline => _services.GetRequiredService<IngestionPipeline>();

    public FacilityPoll Poll => _services.GetRequiredService<FacilityPoll>();

    public FacilityRuns Runs => _services.GetRequiredService<FacilityRuns>();

    public FacilityScheduler Scheduler => _services.GetRequiredService<FacilityScheduler>();

    public IngestionControl Control => _services.GetRequiredService<IngestionControl>();

    public T Get<T>()
        where T : notnull => _services.GetRequiredService<T>();

    public Task StartAsync() => Pipeline.StartAsync(Waiting.Token);

    /// <summary>Puts files of one claim each at the facility.</summary>
    public void PutMany(int count)
    {
        for (int i = 0; i < count; i++) Poller.Put(Facility, $"f{i:D3}", FakeReader.Text($"f{i:D3}"));
    }

    /// <summary>Polls the facility and waits until the fate of everything fetched is known.</summary>
    public async Task<PollTally> PollAsync()
    {
        var tally = new PollTally();
        await Poll.RunAsync(new(Facility), tally, Waiting.Token).Soon();
        await tally.Completion.Soon();
        return tally;
    }

    /// <summary>Stops the pipeline and asserts that every file gave back what it held.</summary>
    public async Task StopCleanAsync()
    {
        await Pipeline.StopAsync(Waiting.Token).Soon();
        AssertFree();
    }

    public void AssertFree()
    {
        Assert.Equal((0, 0L, 0), (Pipeline.Budget.FilesInUse, Pipeline.Budget.BytesInUse, Pipeline.InFlight.Count));
        Assert.Equal((0, 0, 0), Pipeline.Waiting);
        Assert.Empty(Store.Encoded);
    }

    public IReadOnlyList<FakeLogRecord> Logged(string eventName) => [.. Log.GetSnapshot().Where(record => record.Id.Name == eventName)];

    /// <summary>Does not wait for a drain: a test that failed may have left the store at a gate, and the clock stands still.</summary>
    public async ValueTask DisposeAsync()
    {
        await Pipeline.StopAsync(new CancellationToken(true));
        await _services.DisposeAsync();
    }
}
