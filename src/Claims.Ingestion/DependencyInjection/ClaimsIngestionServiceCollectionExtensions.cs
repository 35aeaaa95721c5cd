using Claims.Ingestion.Diagnostics;
using Claims.Ingestion.Facilities;
using Claims.Ingestion.Governing;
using Claims.Ingestion.Pipeline;
using Claims.Ingestion.Polling;
using Claims.Ingestion.Reading;
using Claims.Ingestion.Scheduling;
using Claims.Ingestion.Storage;
using Claims.Ingestion.Volumes;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;

namespace Microsoft.Extensions.DependencyInjection;

/// <summary>Adds claims ingestion to a host.</summary>
public static class ClaimsIngestionServiceCollectionExtensions
{
    /// <summary>Adds claims ingestion, configured in code: <c>services.Configure&lt;SchedulingOptions&gt;(...)</c> and the like.</summary>
    /// <param name="services">The services to add to.</param>
    /// <returns>A builder to add a store and further parts to.</returns>
    public static IClaimsIngestionBuilder AddClaimsIngestion(this IServiceCollection services) =>
        services.AddClaimsIngestion(new ConfigurationBuilder().Build());

    /// <summary>Adds claims ingestion, configured by a section, by convention <c>Claims</c>: its facilities, <c>Scheduling</c>, <c>Polling</c>, <c>DirectoryPoller</c>, <c>Pipeline</c>, <c>Reading</c>, <c>Volumes</c>, <c>Governor</c>, <c>Telemetry</c> and <c>Health</c>.</summary>
    /// <remarks>It may be called again: nothing is added twice. Settings are checked when the host starts.</remarks>
    /// <param name="services">The services to add to.</param>
    /// <param name="section">The section.</param>
    /// <returns>A builder to add a store and further parts to.</returns>
    public static IClaimsIngestionBuilder AddClaimsIngestion(this IServiceCollection services, IConfiguration section)
    {
        ArgumentNullException.ThrowIfNull(services);
        ArgumentNullException.ThrowIfNull(section);
        if (services.FirstOrDefault(s => s.ServiceType == typeof(IClaimsIngestionBuilder))?.ImplementationInstance is IClaimsIngestionBuilder existing)
            return existing;

        var builder = new Builder(services, section);
        services.AddSingleton<IClaimsIngestionBuilder>(builder);
        services.TryAddSingleton(TimeProvider.System);

        builder.AddCheckedOptions<SchedulingOptions>("Scheduling");
        builder.AddCheckedOptions<PollingOptions>("Polling");
        builder.AddCheckedOptions<DirectoryPollerOptions>("DirectoryPoller");
        builder.AddCheckedOptions<PipelineOptions>("Pipeline");
        builder.AddCheckedOptions<ReadingOptions>("Reading");
        builder.AddCheckedOptions<VolumeOptions>("Volumes");
        builder.AddCheckedOptions<GovernorOptions>("Governor");
        builder.AddCheckedOptions<TelemetryOptions>("Telemetry");
        builder.AddCheckedOptions<HealthOptions>("Health");
        services.AddSingleton<IValidateOptions<SchedulingOptions>>(new SchedulingOptionsValidator("Claims:Scheduling"));
        services.AddSingleton<IValidateOptions<PipelineOptions>>(new PipelineOptionsValidator("Claims:Pipeline"));
        services.AddSingleton<IValidateOptions<ReadingOptions>>(new ReadingOptionsValidator("Claims:Reading"));
        services.AddOptions<FacilityListOptions>().Bind(section).ValidateOnStart();
        services.AddSingleton<IValidateOptions<FacilityListOptions>, FacilityListValidator>();

        services.TryAddSingleton<IFacilityDirectory, ConfiguredFacilities>();
        services.TryAddSingleton<ICredentialProvider>(new ConfiguredCredentials(section));
        services.TryAddEnumerable(ServiceDescriptor.Singleton<IFacilityPoller, DirectoryPoller>());
        services.TryAddEnumerable(ServiceDescriptor.Singleton<IClaimFileReader, EClaimLinkReader>());
        services.TryAddSingleton<ClaimFileReaders>();
        services.TryAddSingleton<FileLoader>();
        services.TryAddSingleton(s => new BatchSizer(s.GetRequiredService<IOptions<PipelineOptions>>().Value));
        services.TryAddSingleton<FacilityTags>();
        services.TryAddSingleton<FacilityMetrics>();
        services.TryAddSingleton<FlowMetrics>();
        services.TryAddSingleton<Governed>();
        services.TryAddSingleton<GovernorMetrics>();
        services.TryAddEnumerable(ServiceDescriptor.Singleton<IGovernorSource, OldestFileSource>());
        services.TryAddEnumerable(ServiceDescriptor.Singleton<IGovernorSource, ProcessorSource>());
        services.TryAddSingleton(s => new Governor(
            s.GetRequiredService<IOptions<GovernorOptions>>(), s.GetRequiredService<Governed>(), s.GetServices<IGovernorSource>(), s.GetRequiredService<BatchSizer>(),
            s.GetRequiredService<IOptions<PipelineOptions>>(), s.GetRequiredService<GovernorMetrics>(), s.GetRequiredService<TimeProvider>(), s.GetRequiredService<ILogger<Governor>>()));
        services.TryAddSingleton<MeasuredClaimStore>();
        services.TryAddSingleton(s => ActivatorUtilities.CreateInstance<BatchWriter>(s, s.GetRequiredService<MeasuredClaimStore>()));
        services.TryAddSingleton<IngestionPipeline>();
        services.TryAddSingleton(s => new FileReplay(
            s.GetRequiredService<IClaimStore>(), s.GetRequiredService<FileLoader>(), s.GetRequiredService<IOptions<PipelineOptions>>(), s.GetRequiredService<IOptions<ReadingOptions>>()));
        services.TryAddSingleton<FacilityPoll>();
        services.AddMetrics();
        services.TryAddSingleton<SchedulingMetrics>();
        services.TryAddSingleton<IFacilityLease, SingleHostLease>();
        services.TryAddSingleton<HeldLeases>();
        services.TryAddSingleton<FacilityRunner>();
        services.TryAddSingleton<FacilityRuns>();
        services.TryAddSingleton<SlotPlan>();
        services.TryAddSingleton<LeaseKeeper>();
        services.TryAddSingleton<FacilityScheduler>();
        services.TryAddSingleton(s => new IngestionControl(
            s.GetRequiredService<IFacilityDirectory>(), s.GetRequiredService<IFacilityLease>(), s.GetRequiredService<FacilityRuns>(), s.GetRequiredService<TimeProvider>()));
        services.TryAddSingleton<IActionTrail, MemoryActionTrail>();
        services.TryAddSingleton<RunningActions>();
        services.TryAddSingleton(s => new OperatorActions(
            s.GetRequiredService<IngestionControl>(), s.GetRequiredService<FileReplay>(), s.GetService<IFileDesk>(), s.GetService<IViewDesk>(), s.GetRequiredService<IActionTrail>(),
            s.GetRequiredService<RunningActions>(), s.GetRequiredService<TimeProvider>(), s.GetRequiredService<ILogger<OperatorActions>>()));

        // Hosts stop their services in reverse order: operators' actions first, then the scheduler, the governor lets go, the pipeline drains, and the leases are given back.
        services.AddSingleton<IHostedService>(s => s.GetRequiredService<LeaseKeeper>());
        services.AddSingleton<IHostedService>(s => s.GetRequiredService<IngestionPipeline>());
        services.AddSingleton<IHostedService>(s => s.GetRequiredService<Governor>());
        services.AddSingleton<IHostedService>(s => s.GetRequiredService<FacilityScheduler>());
        services.AddSingleton<IHostedService>(s => s.GetRequiredService<RunningActions>());
        return builder;
    }

    /// <summary>Keeps everything in memory. For tests and trials.</summary>
    /// <param name="builder">The builder.</param>
    /// <returns>The value of <paramref name="builder"/>.</returns>
    public static IClaimsIngestionBuilder UseInMemoryStore(this IClaimsIngestionBuilder builder)
    {
        ArgumentNullException.ThrowIfNull(builder);
        builder.Services.TryAddSingleton<InMemoryClaimStore>();
        builder.Services.TryAddSingleton<IClaimStore>(s => s.GetRequiredService<InMemoryClaimStore>());
        return builder;
    }

    /// <summary>Adds a poller for facilities whose <see cref="Facility.PollerKind"/> names it.</summary>
    /// <typeparam name="TPoller">The poller.</typeparam>
    /// <param name="builder">The builder.</param>
    /// <returns>The value of <paramref name="builder"/>.</returns>
    public static IClaimsIngestionBuilder AddPoller<TPoller>(this IClaimsIngestionBuilder builder)
        where TPoller : class, IFacilityPoller
    {
        ArgumentNullException.ThrowIfNull(builder);
        builder.Services.TryAddEnumerable(ServiceDescriptor.Singleton<IFacilityPoller, TPoller>());
        return builder;
    }

    /// <summary>Adds a reader for another format. The reader that was added last is asked first, the built-in one last.</summary>
    /// <typeparam name="TReader">The reader.</typeparam>
    /// <param name="builder">The builder.</param>
    /// <returns>The value of <paramref name="builder"/>.</returns>
    public static IClaimsIngestionBuilder AddReader<TReader>(this IClaimsIngestionBuilder builder)
        where TReader : class, IClaimFileReader
    {
        ArgumentNullException.ThrowIfNull(builder);
        builder.Services.TryAddEnumerable(ServiceDescriptor.Singleton<IClaimFileReader, TReader>());
        return builder;
    }

    /// <summary>Binds options to a sub-section and has their ranges checked when the host starts.</summary>
    internal static void AddCheckedOptions<TOptions>(this IClaimsIngestionBuilder builder, string name)
        where TOptions : class
    {
        builder.Services.AddOptions<TOptions>().Bind(builder.Configuration.GetSection(name)).ValidateOnStart();
        builder.Services.AddSingleton<IValidateOptions<TOptions>>(new RangeOptionsValidator<TOptions>($"Claims:{name}"));
    }

    private sealed class Builder(IServiceCollection services, IConfiguration configuration) : IClaimsIngestionBuilder
    {
        public IServiceCollection Services { get; } = services;

        public IConfiguration Configuration { get; } = configuration;
    }
}
