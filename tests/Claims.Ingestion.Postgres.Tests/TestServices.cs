using Claims.Ingestion.Storage;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;

namespace Claims.Ingestion.Postgres.Tests;

/// <summary>The product's services over a test database, without a running host.</summary>
internal static class TestServices
{
    public static ServiceProvider Create(string connectionString, IDictionary<string, string?>? settings = null, Action<IServiceCollection>? configure = null)
    {
        var services = new ServiceCollection();
        services.AddLogging();
        IConfiguration configuration = new ConfigurationBuilder().AddInMemoryCollection(settings ?? new Dictionary<string, string?>()).Build();
        services.AddClaimsIngestion(configuration.GetSection("Claims")).UsePostgres(connectionString);
        configure?.Invoke(services);
        return services.BuildServiceProvider();
    }

    public static IClaimStore Store(this ServiceProvider services) => services.GetRequiredService<IClaimStore>();
}
