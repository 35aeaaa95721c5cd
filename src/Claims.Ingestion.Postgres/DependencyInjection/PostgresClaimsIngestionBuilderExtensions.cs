using Claims.Ingestion.Diagnostics;
using Claims.Ingestion.Governing;
using Claims.Ingestion.Postgres.DataSources;
using Claims.Ingestion.Postgres.Diagnostics;
using Claims.Ingestion.Postgres.Governing;
using Claims.Ingestion.Postgres.Leases;
using Claims.Ingestion.Postgres.Partitions;
using Claims.Ingestion.Postgres.Schema;
using Claims.Ingestion.Postgres.Summaries;
using Claims.Ingestion.Postgres.Verification;
using Claims.Ingestion.Postgres.Views;
using Claims.Ingestion.Postgres.Writing;
using Claims.Ingestion.Scheduling;
using Claims.Ingestion.Storage;
using Claims.Ingestion.Views;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using Npgsql;

namespace Microsoft.Extensions.DependencyInjection;

/// <summary>Stores claims in PostgreSQL.</summary>
public static class PostgresClaimsIngestionBuilderExtensions
{
    /// <summary>
    /// Stores claims in PostgreSQL: the schema, the store, the report views, and one <see cref="NpgsqlDataSource"/> for each
    /// <see cref="DataSourceRole"/>, which is its service key. Settings are in the section <c>Postgres</c> of the ingestion's configuration.
    /// </summary>
    /// <param name="builder">The builder.</param>
    /// <param name="connectionString">How to reach the server; <c>Postgres:ConnectionString</c> of the section is used when it is set.</param>
    /// <returns>The value of <paramref name="builder"/>.</returns>
    public static IClaimsIngestionBuilder UsePostgres(this IClaimsIngestionBuilder builder, string? connectionString = null)
    {
        ArgumentNullException.ThrowIfNull(builder);
        IServiceCollection services = builder.Services;
        if (services.Any(s => s.ServiceType == typeof(SchemaMigrator))) return builder;

        services.AddOptions<PostgresOptions>()
            .Configure(options => options.ConnectionString = connectionString ?? "")
            .Bind(builder.Configuration.GetSection("Postgres"))
            .ValidateOnStart();
        services.AddSingleton<IValidateOptions<PostgresOptions>, PostgresOptionsValidator>();
        services.AddDataSources();

        services.AddSingleton<SchemaMigrator>();
        services.AddSingleton<SchemaState>();
        services.AddSingleton<MonthPartitions>();
        services.AddSingleton<Retention>();
        services.TryAddSingleton<IClaimStore, PostgresClaimStore>();
        if (services.FirstOrDefault(s => s.ServiceType == typeof(IFacilityLease))?.ImplementationType == typeof(SingleHostLease))
            services.Replace(ServiceDescriptor.Singleton<IFacilityLease, PostgresFacilityLease>());
        services.AddSingleton<CommitTimes>();
        services.AddSingleton<IGovernorSource>(provider => provider.GetRequiredService<CommitTimes>());
        services.AddSingleton<DatabaseSignals>();
        services.TryAddEnumerable(ServiceDescriptor.Singleton<IGovernorSource, UserQueries>());
        services.TryAddEnumerable(ServiceDescriptor.Singleton<IGovernorSource, ReplicaLagSource>());
        services.AddSingleton<IGovernorSource>(provider => provider.GetRequiredService<DatabaseSignals>());
        services.AddSingleton<ViewMetrics>();
        services.AddSingleton<BusySignal>();
        services.AddSingleton<MaterializedViews>();
        services.AddSingleton<SummaryRefresher>();
        services.AddSingleton<SummarySet>();
        services.AddSingleton(provider => new ReportViews(
            provider.GetRequiredKeyedService<RoleDataSource>(DataSourceRole.Report), provider.GetRequiredService<MaterializedViews>(), provider.GetRequiredService<SummarySet>()));
        services.AddSingleton(provider => new ViewRefresher(
            provider.GetRequiredService<MaterializedViews>(), provider.GetService<IRefreshPolicy>(), provider.GetRequiredService<IOptions<PostgresOptions>>(),
            provider.GetRequiredService<TimeProvider>(), provider.GetRequiredService<ILogger<ViewRefresher>>()));
        services.TryAddSingleton<IFileDesk, FileDesk>();
        services.TryAddSingleton<IViewDesk, ViewDesk>();
        services.Replace(ServiceDescriptor.Singleton<IActionTrail, PostgresActionTrail>());
        services.AddSingleton<SummaryService>();
        services.AddSingleton<VerificationService>();
        services.AddSingleton<WatchMetrics>();
        services.AddSingleton<DatabaseWatch>();
        services.AddSingleton<PoolWaits>();
        services.AddSingleton<HourKeeper>();
        services.TryAddSingleton<IDatabaseDesk, DatabaseDesk>();
        services.TryAddSingleton<IHourDesk, HourDesk>();
        services.AddSingleton<IHostedService, MigrationService>();
        services.AddSingleton<IHostedService, PartitionService>();
        services.AddSingleton<IHostedService>(provider => provider.GetRequiredService<DatabaseSignals>());
        services.AddSingleton<IHostedService>(provider => provider.GetRequiredService<SummaryService>());
        services.AddSingleton<IHostedService>(provider => provider.GetRequiredService<ViewRefresher>());
        services.AddSingleton<IHostedService>(provider => provider.GetRequiredService<VerificationService>());
        services.AddSingleton<IHostedService>(provider => provider.GetRequiredService<DatabaseWatch>());
        services.AddSingleton<IHostedService>(provider => provider.GetRequiredService<HourKeeper>());
        return builder;
    }

    /// <summary>Declares a summary of your own, which is kept up to date like those of the reports. Call it after <see cref="UsePostgres"/>, once for each.</summary>
    /// <param name="builder">The builder.</param>
    /// <param name="definition">What it is.</param>
    /// <returns>The value of <paramref name="builder"/>.</returns>
    /// <exception cref="ArgumentException">Its name is that of another summary.</exception>
    public static IClaimsIngestionBuilder AddSummary(this IClaimsIngestionBuilder builder, SummaryDefinition definition)
    {
        ArgumentNullException.ThrowIfNull(builder);
        ArgumentNullException.ThrowIfNull(definition);
        if (definition.Name == ClaimSummary.Name || builder.Services.Any(s => s.ImplementationInstance is SummaryDefinition other && other.Name == definition.Name))
            throw new ArgumentException($"There is a summary '{definition.Name}' already; give this one another name.", nameof(definition));
        builder.Services.AddSingleton(definition);
        return builder;
    }

    /// <summary>Adds checks of the database, its schema, its replicas, the report views and the verification of files, tagged <c>ready</c>. They read what is known and open no connection.</summary>
    /// <param name="builder">The builder.</param>
    /// <returns>The value of <paramref name="builder"/>.</returns>
    public static IHealthChecksBuilder AddClaimsPostgres(this IHealthChecksBuilder builder)
    {
        ArgumentNullException.ThrowIfNull(builder);
        return builder
            .AddCheck<DatabaseHealthCheck>("claims-database", tags: ["ready"])
            .AddCheck<SchemaHealthCheck>("claims-schema", tags: ["ready"])
            .AddCheck<ReplicasHealthCheck>("claims-replicas", tags: ["ready"])
            .AddCheck<ViewsHealthCheck>("claims-views", tags: ["ready"])
            .AddCheck<VerificationHealthCheck>("claims-verification", tags: ["ready"]);
    }
}
