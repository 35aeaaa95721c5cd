using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using Npgsql;

namespace Claims.Ingestion.Postgres.DataSources;

internal static class DataSourceRegistration
{
    /// <summary>Adds the servers and, for each role, its data source and the Npgsql one under it.</summary>
    public static void AddDataSources(this IServiceCollection services)
    {
        services.TryAddSingleton<DataSourceMetrics>();
        services.AddSingleton(provider => new DatabaseServers(
            provider.GetRequiredService<IOptions<PostgresOptions>>(),
            provider.GetRequiredService<DataSourceMetrics>(),
            provider.GetRequiredService<TimeProvider>(),
            provider.GetRequiredService<ILoggerFactory>()));
        services.AddSingleton<IHostedService, ServerWatch>();
        services.AddSingleton<IHostedService, PoolerCheck>();
        services.AddSingleton<IHostedService, PoolBudget>();
        foreach (DataSourceRole role in Enum.GetValues<DataSourceRole>())
        {
            services.AddKeyedSingleton(role, (provider, _) => new RoleDataSource(
                role,
                provider.GetRequiredService<DatabaseServers>(),
                provider.GetRequiredService<IOptions<PostgresOptions>>(),
                provider.GetRequiredService<DataSourceMetrics>(),
                provider.GetRequiredService<TimeProvider>(),
                provider.GetRequiredService<ILogger<RoleDataSource>>()));

            // With one server, who asks for Npgsql's data source shares the pool. With several it has a pool of its own, which Npgsql routes.
            services.AddKeyedSingleton(role, (provider, _) => provider.GetRequiredService<DatabaseServers>().Servers is [var only]
                ? only.Pool(role)
                : new DataSourceFactory(provider.GetRequiredService<IOptions<PostgresOptions>>().Value, provider.GetRequiredService<ILoggerFactory>()).CreateOverAll(role));
        }
    }
}
