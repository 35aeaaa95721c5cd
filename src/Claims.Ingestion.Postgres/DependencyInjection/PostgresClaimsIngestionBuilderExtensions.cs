using Claims.Ingestion.Postgres.DataSources;
using Claims.Ingestion.Postgres.Diagnostics;
using Claims.Ingestion.Postgres.Leases;
using Claims.Ingestion.Postgres.Partitions;
using Claims.Ingestion.Postgres.Schema;
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
        services.AddSingleton<MonthPartitions>();
        services.AddSingleton<Retention>();
        services.TryAddSingleton<IClaimStore, PostgresClaimStore>();
        if (services.FirstOrDefault(s => s.ServiceType == typeof(IFacilityLease))?.ImplementationType == typeof(SingleHostLease))
            services.Replace(ServiceDescriptor.Singleton<IFacilityLease, PostgresFacilityLease>());
        services.TryAddSingleton<IRefreshPolicy>(provider =>
        {
            ViewOptions views = provider.GetRequiredService<IOptions<PostgresOptions>>().Value.Views;
            return new ChangedRowsPolicy(views.ChangedRows, views.MaxStaleness);
        });
        services.AddSingleton(provider => new ReportViews(
            provider.GetRequiredKeyedService<RoleDataSource>(DataSourceRole.Report),
            provider.GetRequiredService<TimeProvider>(),
            provider.GetRequiredService<ILogger<ReportViews>>()));
        services.AddSingleton<ViewRefresher>();
        services.AddSingleton<VerificationService>();
        services.AddSingleton<IHostedService, MigrationService>();
        services.AddSingleton<IHostedService, PartitionService>();
        services.AddSingleton<IHostedService>(provider => provider.GetRequiredService<ViewRefresher>());
        services.AddSingleton<IHostedService>(provider => provider.GetRequiredService<VerificationService>());
        return builder;
    }

    /// <summary>Adds checks of the database, its replicas, the report views and the verification of files, tagged <c>ready</c>. They read what is known and open no connection.</summary>
    /// <param name="builder">The builder.</param>
    /// <returns>The value of <paramref name="builder"/>.</returns>
    public static IHealthChecksBuilder AddClaimsPostgres(this IHealthChecksBuilder builder)
    {
        ArgumentNullException.ThrowIfNull(builder);
        return builder
            .AddCheck<DatabaseHealthCheck>("claims-database", tags: ["ready"])
            .AddCheck<ReplicasHealthCheck>("claims-replicas", tags: ["ready"])
            .AddCheck<ViewsHealthCheck>("claims-views", tags: ["ready"])
            .AddCheck<VerificationHealthCheck>("claims-verification", tags: ["ready"]);
    }
}
