using Claims.Ingestion.Facilities;
using Claims.Ingestion.Postgres.Facilities;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Testing;
using Microsoft.Extensions.Time.Testing;

namespace Claims.Ingestion.Postgres.Tests.Facilities;

/// <summary>The services of one host with the table of facilities; several may share a database.</summary>
internal sealed class FacilityHost : IAsyncDisposable
{
    private readonly ServiceProvider _services;

    public FacilityHost(string connectionString)
    {
        var services = new ServiceCollection();
        services.AddLogging(logging => logging.SetMinimumLevel(LogLevel.Trace).AddProvider(new FakeLoggerProvider(Logs)));
        services.AddSingleton<TimeProvider>(Time);
        services.AddClaimsIngestion().UsePostgres(connectionString).UseFacilityTable();
        _services = services.BuildServiceProvider();
    }

    public FakeLogCollector Logs { get; } = FakeLogCollector.Create(new FakeLogCollectorOptions());

    public FakeTimeProvider Time { get; } = new();

    public FacilityTable Table => _services.GetRequiredService<FacilityTable>();

    public IFacilityDirectory Directory => _services.GetRequiredService<IFacilityDirectory>();

    /// <summary>Asks as the scheduler does.</summary>
    public Task<IReadOnlyList<Facility>> AskAsync() => Directory.GetFacilitiesAsync(TestContext.Current.CancellationToken).AsTask();

    /// <summary>Asks a second later.</summary>
    public Task<IReadOnlyList<Facility>> AskLaterAsync()
    {
        Time.Advance(TableFacilities.CheckInterval);
        return AskAsync();
    }

    public async Task<IEnumerable<string>> AskLaterForIdsAsync() => (await AskLaterAsync()).Select(f => f.Id);

    /// <summary>The messages with an event id, in order.</summary>
    public IEnumerable<string> Messages(int eventId) => Logs.GetSnapshot().Where(record => record.Id.Id == eventId).Select(record => record.Message);

    /// <summary>How many commands were sent that contain a text.</summary>
    public int CountCommands(string text) => Logs.GetSnapshot().Count(record =>
        record.Category == "Npgsql.Command" && record.Message.StartsWith("Command execution completed", StringComparison.Ordinal) && record.Message.Contains(text, StringComparison.Ordinal));

    public ValueTask DisposeAsync() => _services.DisposeAsync();
}
