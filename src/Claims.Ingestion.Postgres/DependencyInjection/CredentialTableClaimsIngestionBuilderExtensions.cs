using Claims.Ingestion.Facilities;
using Claims.Ingestion.Postgres.Credentials;
using Claims.Ingestion.Postgres.DataSources;
using Microsoft.AspNetCore.DataProtection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Npgsql;

namespace Microsoft.Extensions.DependencyInjection;

/// <summary>Keeps the facilities' logins in PostgreSQL.</summary>
public static class CredentialTableClaimsIngestionBuilderExtensions
{
    /// <summary>
    /// Reads the facilities' logins from the table <c>claims.facility_credential</c>, where they are encrypted with ASP.NET Core Data Protection.
    /// A facility without a row there uses the <see cref="ICredentialProvider"/> that was registered before: by default the configuration. Set
    /// them with <see cref="FacilityCredentials"/>.
    /// </summary>
    /// <remarks>
    /// It needs <c>UsePostgres</c>, before or after it, and <c>services.AddDataProtection()</c> with keys that are persisted where every host
    /// finds them; without one of them the host does not start. It may be called again: nothing is added twice.
    /// </remarks>
    /// <param name="builder">The builder.</param>
    /// <returns>The value of <paramref name="builder"/>.</returns>
    public static IClaimsIngestionBuilder AddCredentialTable(this IClaimsIngestionBuilder builder)
    {
        ArgumentNullException.ThrowIfNull(builder);
        IServiceCollection services = builder.Services;
        if (services.Any(s => s.ServiceType == typeof(FacilityCredentials))) return builder;

        services.AddSingleton(CreateCredentials);
        ServiceDescriptor before = services.Last(s => s.ServiceType == typeof(ICredentialProvider) && !s.IsKeyedService);
        services.Add(WithKey(before, TableCredentials.FallbackKey));
        services.Replace(ServiceDescriptor.Singleton<ICredentialProvider, TableCredentials>());
        services.AddSingleton<IHostedService, CredentialTableCheck>();
        return builder;
    }

    private static FacilityCredentials CreateCredentials(IServiceProvider provider)
    {
        RoleDataSource dataSource = provider.GetKeyedService<RoleDataSource>(DataSourceRole.Ingestion) ?? throw new InvalidOperationException(
            "AddCredentialTable keeps the facilities' logins in PostgreSQL, which is not set up: call UsePostgres(...) on the same builder.");
        IDataProtectionProvider protection = provider.GetService<IDataProtectionProvider>() ?? throw new InvalidOperationException(
            "AddCredentialTable encrypts the facilities' logins with ASP.NET Core Data Protection, which is not set up: call services.AddDataProtection() " +
            "with an application name, SetApplicationName(...), and persist the keys where every host finds them, for example PersistKeysToFileSystem(...). " +
            "With keys that are lost the logins are lost.");
        return new FacilityCredentials(dataSource, new CredentialProtection(protection), provider.GetRequiredService<ILogger<FacilityCredentials>>());
    }

    private static ServiceDescriptor WithKey(ServiceDescriptor service, string key) => service switch
    {
        { ImplementationInstance: { } instance } => new ServiceDescriptor(service.ServiceType, key, instance),
        { ImplementationFactory: { } create } => new ServiceDescriptor(service.ServiceType, key, (provider, _) => create(provider), service.Lifetime),
        _ => new ServiceDescriptor(service.ServiceType, key, service.ImplementationType!, service.Lifetime),
    };
}
