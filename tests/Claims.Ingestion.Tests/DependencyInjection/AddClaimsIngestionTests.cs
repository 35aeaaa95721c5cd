using Claims.Ingestion.Diagnostics;
using Claims.Ingestion.Facilities;
using Claims.Ingestion.Governing;
using Claims.Ingestion.Pipeline;
using Claims.Ingestion.Polling;
using Claims.Ingestion.Reading;
using Claims.Ingestion.Scheduling;
using Claims.Ingestion.Storage;
using Claims.Ingestion.Tests.Fakes;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Options;

namespace Claims.Ingestion.Tests.DependencyInjection;

public sealed class AddClaimsIngestionTests
{
    [Fact]
    public void AddClaimsIngestion_Twice_RegistersOnce()
    {
        var services = new ServiceCollection();
        IClaimsIngestionBuilder first = services.AddClaimsIngestion().UseInMemoryStore().AddPoller<FakePoller>().AddReader<FakeReader>();
        int count = services.Count;

        IClaimsIngestionBuilder second = services.AddClaimsIngestion().UseInMemoryStore().AddPoller<FakePoller>().AddReader<FakeReader>();

        Assert.Same(first, second);
        Assert.Same(services, second.Services);
        Assert.Equal(count, services.Count);
    }

    [Fact]
    public async Task AddClaimsIngestion_HostedServices_StopInTheOrderOfTheFlow()
    {
        await using ServiceProvider provider = Services().BuildServiceProvider();

        IHostedService[] hosted = [.. provider.GetServices<IHostedService>()];

        Assert.Collection(hosted, h => Assert.IsType<LeaseKeeper>(h), h => Assert.IsType<IngestionPipeline>(h), h => Assert.IsType<Governor>(h), h => Assert.IsType<FacilityScheduler>(h), h => Assert.IsType<RunningActions>(h));
        Assert.Same(hosted[0], provider.GetRequiredService<LeaseKeeper>());
        Assert.Same(hosted[1], provider.GetRequiredService<IngestionPipeline>());
        Assert.Same(hosted[2], provider.GetRequiredService<Governor>());
        Assert.Same(hosted[3], provider.GetRequiredService<FacilityScheduler>());
        Assert.Same(hosted[4], provider.GetRequiredService<RunningActions>());
        Assert.NotNull(provider.GetRequiredService<IngestionControl>());
    }

    [Fact]
    public async Task AddClaimsIngestion_Section_BindsEveryOption()
    {
        await using ServiceProvider provider = Services(
            ("Scheduling:Interval", "01:00:00"), ("Scheduling:Strategy", "Concurrent"), ("Polling:DownloadsPerFacility", "7"), ("DirectoryPoller:SettleTime", "00:00:09"),
            ("Pipeline:MaxBytesInFlight", "2000000"), ("Reading:StoreTestFiles", "true"), ("Facilities:0:Id", "FAC-1"), ("Facilities:0:Endpoint", "in")).BuildServiceProvider();

        Assert.Equal((TimeSpan.FromHours(1), ScheduleStrategy.Concurrent), (Options<SchedulingOptions>(provider).Interval, Options<SchedulingOptions>(provider).Strategy));
        Assert.Equal(7, Options<PollingOptions>(provider).DownloadsPerFacility);
        Assert.Equal(TimeSpan.FromSeconds(9), Options<DirectoryPollerOptions>(provider).SettleTime);
        Assert.Equal(2_000_000, Options<PipelineOptions>(provider).MaxBytesInFlight);
        Assert.True(Options<ReadingOptions>(provider).StoreTestFiles);
        Assert.Equal("FAC-1", Assert.Single(Options<FacilityListOptions>(provider).Facilities).Id);
    }

    [Fact]
    public async Task AddPollerAndReader_JoinTheBuiltInOnes()
    {
        ServiceCollection services = Services();
        services.AddClaimsIngestion().AddPoller<FakePoller>().AddReader<FakeReader>();
        await using ServiceProvider provider = services.BuildServiceProvider();

        Assert.Equal(["directory", "fake"], provider.GetServices<IFacilityPoller>().Select(p => p.Kind));
        Assert.Collection(provider.GetServices<IClaimFileReader>(), r => Assert.IsType<EClaimLinkReader>(r), r => Assert.IsType<FakeReader>(r));
        Assert.Same(provider.GetRequiredService<InMemoryClaimStore>(), provider.GetRequiredService<IClaimStore>());
    }

    [Fact]
    public async Task UseInMemoryStore_AnotherStoreIsThere_LeavesIt()
    {
        var store = new FakeStore();
        var services = new ServiceCollection();
        services.AddSingleton<IClaimStore>(store);
        services.AddClaimsIngestion().UseInMemoryStore();
        await using ServiceProvider provider = services.BuildServiceProvider();

        Assert.Same(store, provider.GetRequiredService<IClaimStore>());
    }

    [Theory]
    [InlineData("Pipeline:Writers", "0", "Claims:Pipeline:Writers is 0; it must be from 1 to 64.")]
    [InlineData("DirectoryPoller:SettleTime", "02:00:00", "Claims:DirectoryPoller:SettleTime is 02:00:00; it must be from 00:00:00 to 01:00:00.")]
    [InlineData("Scheduling:Stagger", "01:00:00", "Claims:Scheduling:Stagger is 01:00:00 and Claims:Scheduling:Interval is 00:30:00; the stagger must not be longer than the interval.")]
    [InlineData("Facilities:0:Id", "FAC-1", "Claims:Facilities:0:Endpoint is empty; it must say where the files of facility FAC-1 are.")]
    public async Task Host_InvalidSetting_DoesNotStartAndSaysWhy(string setting, string value, string expected)
    {
        HostApplicationBuilder builder = Host.CreateEmptyApplicationBuilder(new HostApplicationBuilderSettings());
        foreach (ServiceDescriptor service in Services((setting, value))) builder.Services.Add(service);
        using IHost host = builder.Build();

        var exception = await Assert.ThrowsAsync<OptionsValidationException>(() => host.StartAsync(Waiting.Token));

        Assert.Equal(expected, exception.Message);
    }

    [Fact]
    public async Task Host_StartAndStop_PollsOnRequest()
    {
        HostApplicationBuilder builder = Host.CreateEmptyApplicationBuilder(new HostApplicationBuilderSettings());
        var directory = new FakeDirectory { Facilities = [new Facility("FAC-1", "fake", "x")] };
        var poller = new FakePoller();
        poller.Put(directory.Facilities[0], "a", FakeReader.Text("a"));
        builder.Services.AddSingleton<IFacilityDirectory>(directory).AddSingleton<IFacilityPoller>(poller);
        builder.Services.AddClaimsIngestion().UseInMemoryStore().AddReader<FakeReader>();
        using IHost host = builder.Build();
        await host.StartAsync(Waiting.Token).Soon();

        IngestionReport report = await host.Services.GetRequiredService<IngestionControl>().PollAllOnceAsync(Waiting.Token).Soon();
        await host.StopAsync(Waiting.Token).Soon();

        Assert.Equal((1, true), (report.Total.Stored, report.IsComplete));
        Assert.Equal("a", Assert.Single(poller.Acknowledged).Id);
        Assert.Single(host.Services.GetRequiredService<InMemoryClaimStore>().Submitted);
    }

    [Fact]
    public void AddClaimsIngestion_Nothing_IsRefused()
    {
        Assert.Throws<ArgumentNullException>(() => ((IServiceCollection)null!).AddClaimsIngestion());
        Assert.Throws<ArgumentNullException>(() => new ServiceCollection().AddClaimsIngestion(null!));
        Assert.Throws<ArgumentNullException>(() => ((IClaimsIngestionBuilder)null!).UseInMemoryStore());
    }

    private static ServiceCollection Services(params (string Key, string Value)[] settings)
    {
        IConfiguration configuration = new ConfigurationBuilder().AddInMemoryCollection(settings.Select(s => KeyValuePair.Create($"Claims:{s.Key}", (string?)s.Value))).Build();
        var services = new ServiceCollection();
        services.AddLogging();
        services.AddClaimsIngestion(configuration.GetSection("Claims")).UseInMemoryStore();
        return services;
    }

    private static TOptions Options<TOptions>(ServiceProvider provider)
        where TOptions : class => provider.GetRequiredService<IOptions<TOptions>>().Value;
}
