using System.Diagnostics.Metrics;
using Claims.Ingestion.Facilities;
using Claims.Ingestion.Polling;
using Claims.Ingestion.Storage;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Diagnostics.Metrics.Testing;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Testing;

namespace Claims.Ingestion.EClaimLink.Tests.Support;

/// <summary>The poller as a host builds it, with a login for facilities F-1 and F-2.</summary>
internal sealed class PollerHost : IAsyncDisposable
{
    public const string Login = "test-login";

    public const string Password = "test-password & <more>";

    private static readonly FileFate _stored = new(FileStatus.Stored, null, default, null);

    private readonly ServiceProvider _services;
    private readonly IConfigurationRoot _configuration;

    public PollerHost(StubGateway gateway, Action<EClaimLinkOptions>? configure = null, TimeProvider? time = null, Action<IServiceCollection>? services = null)
    {
        _configuration = new ConfigurationBuilder().AddInMemoryCollection(new Dictionary<string, string?>
        {
            ["Credentials:F-1:Login"] = Login,
            ["Credentials:F-1:Password"] = Password,
            ["Credentials:F-2:Login"] = "other-login",
            ["Credentials:F-2:Password"] = "other-password",
        }).Build();
        var collection = new ServiceCollection();
        if (time is not null) collection.AddSingleton(time);
        collection.AddLogging(logging => logging.SetMinimumLevel(LogLevel.Trace).AddProvider(new FakeLoggerProvider(Logs)));
        collection.AddClaimsIngestion(_configuration).UseInMemoryStore().AddEClaimLinkPoller(options =>
        {
            options.Mode = ListingMode.NewTransactions;
            options.RetryCount = 2;
            options.RetryDelay = options.MaxRetryDelay = TimeSpan.FromMilliseconds(1);
            configure?.Invoke(options);
        });
        services?.Invoke(collection);
        _services = collection.BuildServiceProvider();
        Poller = _services.GetServices<IFacilityPoller>().Single(p => p.Kind == "eclaimlink");
        Calls = new MetricCollector<long>(_services.GetRequiredService<IMeterFactory>(), EClaimLinkMetrics.MeterName, "claims.eclaimlink.calls");
        UnknownCodes = new MetricCollector<long>(_services.GetRequiredService<IMeterFactory>(), EClaimLinkMetrics.MeterName, "claims.eclaimlink.unknown_codes");
        Facility = new Facility("F-1", "eclaimlink", gateway.Address);
    }

    public IFacilityPoller Poller { get; }

    public Facility Facility { get; }

    public Facility Other => Facility with { Id = "F-2" };

    public FakeLogCollector Logs { get; } = FakeLogCollector.Create(new FakeLogCollectorOptions());

    public MetricCollector<long> Calls { get; }

    public MetricCollector<long> UnknownCodes { get; }

    public IReadOnlyList<string?> Results => [.. Calls.GetMeasurementSnapshot().Select(m => (string?)m.Tags["claims.result"])];

    public void SetPassword(string facilityId, string password) => _configuration[$"Credentials:{facilityId}:Password"] = password;

    public async Task<IReadOnlyList<RemoteFile>> ListAsync(Facility? facility = null) =>
        await Poller.ListAsync(facility ?? Facility, TestContext.Current.CancellationToken).ToListAsync(TestContext.Current.CancellationToken);

    public async Task<byte[]?> DownloadAsync(string id = "file-1", Facility? facility = null)
    {
        await using Stream? stream = await Poller.OpenAsync(facility ?? Facility, new RemoteFile(id, "a.xml"), TestContext.Current.CancellationToken);
        if (stream is null) return null;
        using var copy = new MemoryStream();
        await stream.CopyToAsync(copy, TestContext.Current.CancellationToken);
        return copy.ToArray();
    }

    public ValueTask AcknowledgeAsync(string id = "file-1") =>
        Poller.AcknowledgeAsync(Facility, new RemoteFile(id, "a.xml"), _stored, TestContext.Current.CancellationToken);

    public async Task<string> ListErrorAsync(Facility? facility = null) =>
        (await Assert.ThrowsAsync<FacilityPollException>(async () => await ListAsync(facility))).Message;

    public async Task<string> DownloadErrorAsync() =>
        (await Assert.ThrowsAsync<FacilityPollException>(async () => await DownloadAsync())).Message;

    public ValueTask DisposeAsync() => _services.DisposeAsync();
}
