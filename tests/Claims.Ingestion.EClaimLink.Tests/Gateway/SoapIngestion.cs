using Claims.Ingestion.Facilities;
using Claims.Ingestion.Pipeline;
using Claims.Ingestion.Scheduling;
using Claims.Ingestion.Storage;
using FacilityGateway;
using FacilityGateway.Gateway;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Testing;

namespace Claims.Ingestion.EClaimLink.Tests.Gateway;

/// <summary>A whole ingestion that polls the simulated gateway over SOAP, and the truth about what it must find.</summary>
internal sealed class SoapIngestion : IFacilityDirectory, ICredentialProvider, IAsyncDisposable
{
    public const string Faulty = "DHA-F-0000001";

    /// <summary>Some faults take seconds, in which the waiting must not take the processor from other programs.</summary>
    private static readonly TimeSpan _pace = TimeSpan.FromMilliseconds(5);

    private readonly ServiceProvider _services;
    private readonly Dictionary<string, FacilityCredential> _credentials;

    private SoapIngestion(World world, GatewayServer gateway, Action<EClaimLinkOptions>? configure, TimeProvider? time)
    {
        Gateway = gateway;
        Truth = world.ComputeTruth(reports: false);
        _credentials = gateway.Accounts.ToDictionary(a => a.FacilityId, a => new FacilityCredential(a.Login, a.Password), StringComparer.Ordinal);
        var services = new ServiceCollection();
        services.AddLogging(logging => logging.SetMinimumLevel(LogLevel.Trace).AddProvider(new FakeLoggerProvider(Logs)));
        if (time is not null) services.AddSingleton(time);
        services.AddSingleton<IFacilityDirectory>(this).AddSingleton<ICredentialProvider>(this);
        services.AddClaimsIngestion().UseInMemoryStore().AddEClaimLinkPoller(options =>
        {
            options.RetryCount = 1;
            options.RetryDelay = options.MaxRetryDelay = TimeSpan.FromMilliseconds(1);
            options.AttemptTimeout = options.TotalTimeout = TimeSpan.FromSeconds(30);
            configure?.Invoke(options);
        });
        services.Configure<SchedulingOptions>(options => options.Enabled = false);
        _services = services.BuildServiceProvider();
    }

    public GatewayServer Gateway { get; }

    public WorldTruth Truth { get; }

    public FakeLogCollector Logs { get; } = FakeLogCollector.Create(new FakeLogCollectorOptions());

    public InMemoryClaimStore Store => _services.GetRequiredService<InMemoryClaimStore>();

    public FacilityState StateOfFaulty => _services.GetRequiredService<IngestionControl>().Facilities.Single(f => f.FacilityId == Faulty);

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    public static async Task<SoapIngestion> StartAsync(Action<EClaimLinkOptions>? configure = null, TimeProvider? time = null)
    {
        var world = new World(new WorldOptions { Facilities = 3, FilesPerFacility = 6, ClaimsPerFile = 5, Seed = 4, BrokenFileShare = 0.15, SkippedFileShare = 0.1 });
        GatewayServer gateway = await GatewayServer.StartAsync(new GatewayServerOptions { World = world, TimeProvider = time ?? TimeProvider.System }, Token);
        var ingestion = new SoapIngestion(world, gateway, configure, time);
        foreach (IHostedService service in ingestion._services.GetServices<IHostedService>()) await service.StartAsync(Token);
        return ingestion;
    }

    /// <summary>Polls every facility once, and waits until everything is stored and acknowledged, or was tried to be.</summary>
    public async Task<Dictionary<string, FacilityReport>> PollAsync()
    {
        IngestionReport report = await _services.GetRequiredService<IngestionControl>().PollAllOnceAsync(Token);
        var pipeline = _services.GetRequiredService<IngestionPipeline>();
        while (pipeline.InFlight.Count > 0) await Task.Delay(_pace, TimeProvider.System, Token);
        return report.Facilities.ToDictionary(f => f.FacilityId, StringComparer.Ordinal);
    }

    public void ChangePassword(string facilityId, string atGateway, string configured)
    {
        Gateway.Inboxes.SetPassword(facilityId, atGateway);
        string login = Gateway.Accounts.Single(a => a.FacilityId == facilityId).Login;
        _credentials[facilityId] = new FacilityCredential(login, configured);
    }

    public ValueTask<IReadOnlyList<Facility>> GetFacilitiesAsync(CancellationToken cancellationToken) => ValueTask.FromResult<IReadOnlyList<Facility>>(
        [.. Gateway.Accounts.Select(a => new Facility(a.FacilityId, "eclaimlink", Gateway.Address.AbsoluteUri))]);

    public ValueTask<FacilityCredential?> GetCredentialAsync(Facility facility, CancellationToken cancellationToken) =>
        ValueTask.FromResult<FacilityCredential?>(_credentials[facility.Id]);

    public async ValueTask DisposeAsync()
    {
        await _services.DisposeAsync();
        await Gateway.DisposeAsync();
    }
}
