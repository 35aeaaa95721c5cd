using Claims.Ingestion.Facilities;
using Claims.Ingestion.Polling;
using Claims.Ingestion.Scheduling;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;

namespace Claims.LoadTests.Schedule;

/// <summary>The ingestion as a host registers it, over a store in memory and with facilities that have nothing.</summary>
internal sealed class StandInIngestion : IAsyncDisposable
{
    private readonly ServiceProvider _services;

    public StandInIngestion(ScheduleSettings settings, StandInPoller poller, TimeProvider time, bool isEnabled = true)
    {
        var services = new ServiceCollection();
        services.AddLogging();
        services.AddSingleton(time);
        services.AddSingleton<IFacilityDirectory>(new FixedDirectory(settings.Facilities));
        services.AddSingleton<IFacilityPoller>(poller);
        services.AddClaimsIngestion().UseInMemoryStore();
        services.Configure<SchedulingOptions>(settings.ApplyTo);
        services.Configure<SchedulingOptions>(options => options.Enabled = isEnabled);
        _services = services.BuildServiceProvider();
    }

    public FacilityScheduler Scheduler => _services.GetRequiredService<FacilityScheduler>();

    public FacilityRuns Runs => _services.GetRequiredService<FacilityRuns>();

    public async Task StartAsync(CancellationToken cancellationToken)
    {
        foreach (IHostedService service in _services.GetServices<IHostedService>()) await service.StartAsync(cancellationToken);
    }

    public async Task StopAsync(CancellationToken cancellationToken)
    {
        foreach (IHostedService service in _services.GetServices<IHostedService>().Reverse()) await service.StopAsync(cancellationToken);
    }

    public ValueTask DisposeAsync() => _services.DisposeAsync();

    private sealed class FixedDirectory(IReadOnlyList<Facility> facilities) : IFacilityDirectory
    {
        public ValueTask<IReadOnlyList<Facility>> GetFacilitiesAsync(CancellationToken cancellationToken) => ValueTask.FromResult(facilities);
    }
}
