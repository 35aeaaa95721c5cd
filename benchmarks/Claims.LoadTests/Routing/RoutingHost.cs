using Claims.Ingestion.Postgres.DataSources;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace Claims.LoadTests.Routing;

/// <summary>A host with the product's data sources that polls nothing. At its start it makes the schema.</summary>
internal sealed class RoutingHost : IAsyncDisposable
{
    private readonly IHost _host;

    private RoutingHost(IHost host) => _host = host;

    public RoleDataSource Ingestion => _host.Services.GetRequiredKeyedService<RoleDataSource>(DataSourceRole.Ingestion);

    public RoleDataSource Api => _host.Services.GetRequiredKeyedService<RoleDataSource>(DataSourceRole.Api);

    public static async Task<RoutingHost> StartAsync(string connectionString, CancellationToken cancellationToken)
    {
        HostApplicationBuilder builder = Host.CreateEmptyApplicationBuilder(new HostApplicationBuilderSettings());
        builder.Configuration.AddInMemoryCollection(new Dictionary<string, string?>
        {
            ["Claims:Scheduling:Enabled"] = "false",
            ["Claims:Postgres:VerifyInterval"] = "00:00:00",
            ["Claims:Postgres:Views:Enabled"] = "false",
        });
        builder.Logging.AddSimpleConsole().SetMinimumLevel(LogLevel.Critical);
        builder.Services.AddClaimsIngestion(builder.Configuration.GetSection("Claims")).UsePostgres(connectionString);
        IHost host = builder.Build();
        await host.StartAsync(cancellationToken);
        return new RoutingHost(host);
    }

    public async ValueTask DisposeAsync()
    {
        await _host.StopAsync();
        if (_host is IAsyncDisposable host) await host.DisposeAsync();
    }
}
