using Claims.Ingestion.Facilities;
using Claims.Ingestion.Postgres.Credentials;
using Microsoft.AspNetCore.DataProtection;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Hosting;

namespace Claims.Ingestion.Postgres.Tests.Credentials;

public sealed class CredentialTableRegistrationTests
{
    private const string ConnectionString = "Host=127.0.0.1;Port=1;Username=claims;Database=claims";

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Start_WithoutDataProtection_FailsAndSaysWhatToAdd(bool isTableFirst)
    {
        using IHost host = Host(services =>
        {
            IClaimsIngestionBuilder builder = services.AddClaimsIngestion();
            if (isTableFirst) builder.AddCredentialTable().UsePostgres(ConnectionString);
            else builder.UsePostgres(ConnectionString).AddCredentialTable();
        });

        InvalidOperationException exception = await Assert.ThrowsAsync<InvalidOperationException>(() => host.StartAsync(TestContext.Current.CancellationToken));

        Assert.Equal(
            "AddCredentialTable encrypts the facilities' logins with ASP.NET Core Data Protection, which is not set up: call services.AddDataProtection() " +
            "with an application name, SetApplicationName(...), and persist the keys where every host finds them, for example PersistKeysToFileSystem(...). " +
            "With keys that are lost the logins are lost.",
            exception.Message);
    }

    [Fact]
    public async Task Start_WithoutPostgres_FailsAndSaysWhatToAdd()
    {
        using IHost host = Host(services =>
        {
            services.AddDataProtection().UseEphemeralDataProtectionProvider();
            services.AddClaimsIngestion().UseInMemoryStore().AddCredentialTable();
        });

        InvalidOperationException exception = await Assert.ThrowsAsync<InvalidOperationException>(() => host.StartAsync(TestContext.Current.CancellationToken));

        Assert.Equal(
            "AddCredentialTable keeps the facilities' logins in PostgreSQL, which is not set up: call UsePostgres(...) on the same builder.", exception.Message);
    }

    [Fact]
    public void AddCredentialTable_Twice_AddsNothingTwice()
    {
        var services = new ServiceCollection();
        IClaimsIngestionBuilder builder = services.AddClaimsIngestion().AddCredentialTable();
        int count = services.Count;

        builder.AddCredentialTable();
        services.AddClaimsIngestion().AddCredentialTable();

        Assert.Equal(count, services.Count);
        Assert.Single(services, service => service.ServiceType == typeof(ICredentialProvider) && !service.IsKeyedService);
    }

    [Theory]
    [InlineData("instance")]
    [InlineData("factory")]
    [InlineData("type")]
    public void AddCredentialTable_ProviderRegisteredBefore_BecomesTheFallback(string registration)
    {
        var services = new ServiceCollection();
        services.AddLogging();
        services.AddDataProtection().UseEphemeralDataProtectionProvider();
        services.Add(registration switch
        {
            "instance" => ServiceDescriptor.Singleton<ICredentialProvider>(new NoCredentials()),
            "factory" => ServiceDescriptor.Singleton<ICredentialProvider>(_ => new NoCredentials()),
            _ => ServiceDescriptor.Singleton<ICredentialProvider, NoCredentials>(),
        });
        services.AddClaimsIngestion().UsePostgres(ConnectionString).AddCredentialTable();
        using ServiceProvider provider = services.BuildServiceProvider();

        Assert.IsType<TableCredentials>(provider.GetRequiredService<ICredentialProvider>());
        Assert.IsType<NoCredentials>(provider.GetRequiredKeyedService<ICredentialProvider>(TableCredentials.FallbackKey));
    }

    private static IHost Host(Action<IServiceCollection> configure) => new HostBuilder().ConfigureServices(configure).Build();

    private sealed class NoCredentials : ICredentialProvider
    {
        public ValueTask<FacilityCredential?> GetCredentialAsync(Facility facility, CancellationToken cancellationToken) => default;
    }
}
