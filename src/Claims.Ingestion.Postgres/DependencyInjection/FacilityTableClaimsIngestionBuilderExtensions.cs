using Claims.Ingestion.Facilities;
using Claims.Ingestion.Polling;
using Claims.Ingestion.Postgres.DataSources;
using Claims.Ingestion.Postgres.Facilities;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Logging;
using Npgsql;

namespace Microsoft.Extensions.DependencyInjection;

/// <summary>Keeps the facilities in PostgreSQL.</summary>
public static class FacilityTableClaimsIngestionBuilderExtensions
{
    /// <summary>
    /// Reads the facilities from the table <c>claims.facility</c>, in place of the <see cref="IFacilityDirectory"/> that was registered before: by
    /// default the configuration. Set them with <see cref="FacilityTable"/> or with SQL; a change is seen while the hosts run.
    /// </summary>
    /// <remarks>It needs <c>UsePostgres</c>, before or after it; without it the host does not start. It may be called again: nothing is added twice.</remarks>
    /// <param name="builder">The builder.</param>
    /// <returns>The value of <paramref name="builder"/>.</returns>
    public static IClaimsIngestionBuilder UseFacilityTable(this IClaimsIngestionBuilder builder)
    {
        ArgumentNullException.ThrowIfNull(builder);
        IServiceCollection services = builder.Services;
        if (services.Any(s => s.ServiceType == typeof(FacilityTable))) return builder;

        services.AddSingleton(provider => new FacilityTable(
            provider.GetKeyedService<RoleDataSource>(DataSourceRole.Ingestion) ?? throw new InvalidOperationException(
                "UseFacilityTable keeps the facilities in PostgreSQL, which is not set up: call UsePostgres(...) on the same builder."),
            provider.GetServices<IFacilityPoller>(),
            provider.GetRequiredService<ILogger<FacilityTable>>()));
        services.Replace(ServiceDescriptor.Singleton<IFacilityDirectory, TableFacilities>());
        return builder;
    }
}
