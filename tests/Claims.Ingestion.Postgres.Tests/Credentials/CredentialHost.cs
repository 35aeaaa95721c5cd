using Claims.Ingestion.Facilities;
using Claims.Ingestion.Postgres.Credentials;
using Microsoft.AspNetCore.DataProtection;
using Microsoft.AspNetCore.DataProtection.KeyManagement;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Testing;
using Microsoft.Extensions.Time.Testing;

namespace Claims.Ingestion.Postgres.Tests.Credentials;

/// <summary>The services of one host with the table of credentials and a real key ring in a folder; several may share both.</summary>
internal sealed class CredentialHost : IAsyncDisposable
{
    private readonly ServiceProvider _services;

    public CredentialHost(string connectionString, DirectoryInfo keys, IDictionary<string, string?>? settings = null)
    {
        IConfiguration configuration = new ConfigurationBuilder().AddInMemoryCollection(settings ?? new Dictionary<string, string?>()).Build();
        var services = new ServiceCollection();
        services.AddLogging(logging => logging.SetMinimumLevel(LogLevel.Trace).AddProvider(new FakeLoggerProvider(Logs)));
        services.AddSingleton<TimeProvider>(Time);
        services.AddDataProtection().SetApplicationName("claims").PersistKeysToFileSystem(keys);
        services.AddClaimsIngestion(configuration.GetSection("Claims")).UsePostgres(connectionString).AddCredentialTable();
        _services = services.BuildServiceProvider();
    }

    public FakeLogCollector Logs { get; } = FakeLogCollector.Create(new FakeLogCollectorOptions());

    public FakeTimeProvider Time { get; } = new();

    public FacilityCredentials Table => _services.GetRequiredService<FacilityCredentials>();

    public IKeyManager Keys => _services.GetRequiredService<IKeyManager>();

    /// <summary>Asks as a poller does.</summary>
    /// <returns>Login and password, or null when the facility has none.</returns>
    public async Task<(string Login, string Password)?> AskAsync(string facilityId) =>
        await _services.GetRequiredService<ICredentialProvider>().GetCredentialAsync(new Facility(facilityId, "eclaimlink", "https://gateway.test"), TestContext.Current.CancellationToken)
            is { } credential ? (credential.Login, credential.Password) : null;

    /// <summary>Makes a new key, which hosts that start from now on use.</summary>
    public Guid RotateKey()
    {
        DateTimeOffset now = TimeProvider.System.GetUtcNow();
        return Keys.CreateNewKey(now, now.AddDays(90)).KeyId;
    }

    public ValueTask DisposeAsync() => _services.DisposeAsync();
}
