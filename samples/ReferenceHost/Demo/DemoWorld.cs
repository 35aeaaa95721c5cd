using Claims.Ingestion.Facilities;
using Claims.Ingestion.Postgres.Local;
using FacilityGateway;
using FacilityGateway.Gateway;

namespace ReferenceHost.Demo;

/// <summary>What the demo adds to a plain host: a database of its own where none is configured, and simulated facilities.</summary>
internal sealed class DemoWorld : IAsyncDisposable
{
    /// <summary>Over this time the simulated files arrive, unless all are to be polled at once.</summary>
    private static readonly TimeSpan ArrivalSpan = TimeSpan.FromMinutes(2);

    private readonly DemoOptions _options;
    private LocalPostgres? _database;
    private GatewayServer? _gateway;
    private IFacilityDirectory? _facilities;

    private DemoWorld(DemoOptions options) => _options = options;

    public static async Task<DemoWorld> PrepareAsync(DemoOptions options, CancellationToken cancellationToken)
    {
        var world = new DemoWorld(options);
        try
        {
            await world.StartAsync(cancellationToken);
            return world;
        }
        catch
        {
            await world.DisposeAsync();
            throw;
        }
    }

    public void Configure(WebApplicationBuilder builder)
    {
        // Short intervals so that there is something to see. The environment may change any of it.
        var settings = new Dictionary<string, string?>
        {
            ["Claims:Scheduling:Enabled"] = _options.Once ? "false" : "true",
            ["Claims:Scheduling:Interval"] = "00:01:00",
            ["Claims:Scheduling:Stagger"] = "00:00:03",
            ["Claims:Postgres:Views:Enabled"] = _options.Once ? "false" : "true",
        };
        if (_database is not null) settings["ConnectionStrings:Claims"] = _database.ConnectionString;
        builder.Configuration.AddInMemoryCollection(settings);
        builder.Configuration.AddEnvironmentVariables();
        builder.WebHost.UseUrls($"http://127.0.0.1:{_options.Port}");
        builder.Services.AddSingleton(_facilities!);
        if (_facilities is ICredentialProvider credentials) builder.Services.AddSingleton(credentials);
    }

    public async ValueTask DisposeAsync()
    {
        if (_gateway is not null) await _gateway.DisposeAsync();
        if (_database is not null) await _database.DisposeAsync();
    }

    private async Task StartAsync(CancellationToken cancellationToken)
    {
        _facilities = _options.Inbox is not null ? new InboxFacilities(Path.GetFullPath(_options.Inbox))
            : _options.Gateway is not null ? await GatewayFacilities.AskAsync(_options.Gateway, cancellationToken)
            : await SimulateAsync(cancellationToken);
        if (string.IsNullOrEmpty(Environment.GetEnvironmentVariable("ConnectionStrings__Claims")))
        {
            string? data = _options.Data is null ? null : Path.GetFullPath(_options.Data);
            _database = await LocalPostgres.StartAsync(new LocalPostgresOptions { DataDirectory = data }, cancellationToken);
        }
    }

    private async Task<GatewayFacilities> SimulateAsync(CancellationToken cancellationToken)
    {
        var world = new World(new WorldOptions
        {
            Facilities = _options.Facilities,
            FilesPerFacility = _options.Files,
            ClaimsPerFile = _options.Claims,
            Seed = _options.Seed,
        });
        _gateway = await GatewayServer.StartAsync(
            new GatewayServerOptions { World = world, ArrivalSpan = _options.Once ? TimeSpan.Zero : ArrivalSpan }, cancellationToken);
        Console.WriteLine($"Simulated {_options.Facilities} facilities at {_gateway.Address}: {world.ComputeTruth(reports: false, cancellationToken)}");
        return new GatewayFacilities(_gateway.Address, _gateway.Accounts);
    }
}
