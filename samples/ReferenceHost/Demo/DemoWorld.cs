using Claims.Ingestion.Facilities;
using Claims.Ingestion.Postgres.Local;
using FacilityGateway;

namespace ReferenceHost.Demo;

/// <summary>What the demo adds to a plain host: a database of its own where none is configured, and simulated facilities.</summary>
internal sealed class DemoWorld : IAsyncDisposable
{
    private readonly DemoOptions _options;
    private readonly LocalPostgres? _database;
    private readonly string _inbox;
    private readonly bool _isOwnInbox;

    private DemoWorld(DemoOptions options, LocalPostgres? database, string inbox, bool isOwnInbox)
    {
        _options = options;
        _database = database;
        _inbox = inbox;
        _isOwnInbox = isOwnInbox;
    }

    public static async Task<DemoWorld> PrepareAsync(DemoOptions options, CancellationToken cancellationToken)
    {
        bool hasDatabase = !string.IsNullOrEmpty(Environment.GetEnvironmentVariable("ConnectionStrings__Claims"));
        LocalPostgres? database = hasDatabase
            ? null
            : await LocalPostgres.StartAsync(new LocalPostgresOptions { DataDirectory = options.Data is null ? null : Path.GetFullPath(options.Data) }, cancellationToken);
        if (options.Inbox is not null) return new DemoWorld(options, database, Path.GetFullPath(options.Inbox), isOwnInbox: false);

        string inbox = Directory.CreateTempSubdirectory("claims-inbox-").FullName;
        var demo = new DemoWorld(options, database, inbox, isOwnInbox: true);
        try
        {
            var world = new World(new WorldOptions
            {
                Facilities = options.Facilities,
                FilesPerFacility = options.Files,
                ClaimsPerFile = options.Claims,
                Seed = options.Seed,
            });
            WorldTruth truth = await InboxWriter.WriteAsync(world, inbox, reports: false, cancellationToken);
            Console.WriteLine($"Simulated {options.Facilities} facilities in {inbox}: {truth}");
            return demo;
        }
        catch
        {
            await demo.DisposeAsync();
            throw;
        }
    }

    public void Configure(WebApplicationBuilder builder)
    {
        // Facilities from the folder, short intervals so that there is something to see. The environment may change any of it.
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
        builder.Services.AddSingleton<IFacilityDirectory>(new InboxFacilities(_inbox));
    }

    public async ValueTask DisposeAsync()
    {
        if (_database is not null) await _database.DisposeAsync();
        if (_isOwnInbox) Directory.Delete(_inbox, recursive: true);
    }
}
