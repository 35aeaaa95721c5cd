using Claims.Ingestion.Diagnostics;
using Claims.Ingestion.Postgres.Diagnostics;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Diagnostics.HealthChecks;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Testing;
using Microsoft.Extensions.Time.Testing;

namespace Claims.Ingestion.Postgres.Tests.Diagnostics;

/// <summary>A host over a test database whose loops do not run: a test has it look. Its clock stands still.</summary>
internal sealed class WatchHost(string connectionString, params (string Name, string Value)[] settings) : IAsyncDisposable
{
    private ServiceProvider? _services;

    public FakeTimeProvider Time { get; } = new();

    public FakeLogCollector Logs { get; } = new();

    public ServiceProvider Services => _services ??= TestServices.Create(
        connectionString,
        settings.ToDictionary(s => $"Claims:Postgres:{s.Name}", s => (string?)s.Value),
        added =>
        {
            added.Replace(ServiceDescriptor.Singleton<TimeProvider>(Time));
            added.AddLogging(logging => logging.SetMinimumLevel(LogLevel.Debug).AddProvider(new FakeLoggerProvider(Logs)));
            added.AddHealthChecks().AddClaimsPostgres();
        });

    public DatabaseWatch Watch => Services.GetRequiredService<DatabaseWatch>();

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    /// <summary>Looks once.</summary>
    /// <returns>What was seen last.</returns>
    public async Task<DatabaseLook> LookAsync()
    {
        await Watch.RunOnceAsync(Token);
        return Watch.Last ?? throw new InvalidOperationException($"Nothing was seen: {string.Join("; ", Messages("WatchBlind"))}");
    }

    public async Task<DatabaseWatchReading> ReadAsync() => (await LookAsync()).Reading;

    /// <summary>Looks until something is seen: the server writes its statistics down a moment after what they are of.</summary>
    public async Task<DatabaseLook> LookUntilAsync(Func<DatabaseLook, bool> condition)
    {
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(Token);
        limit.CancelAfter(TimeSpan.FromSeconds(30));
        while (true)
        {
            DatabaseLook look = await LookAsync();
            if (condition(look)) return look;
            limit.Token.ThrowIfCancellationRequested();
            await Task.Yield();
        }
    }

    public async Task<(HealthStatus Status, string? Text)> CheckAsync(string name)
    {
        HealthReport report = await Services.GetRequiredService<HealthCheckService>().CheckHealthAsync(check => check.Name == name, Token);
        HealthReportEntry entry = Assert.Single(report.Entries).Value;
        Assert.Equal(["ready"], entry.Tags);
        return (entry.Status, entry.Description);
    }

    /// <summary>The messages of an event.</summary>
    public IReadOnlyList<string> Messages(string name) => [.. Logs.GetSnapshot().Where(record => record.Id.Name == name).Select(record => record.Message)];

    public async ValueTask DisposeAsync()
    {
        if (_services is not null) await _services.DisposeAsync();
    }
}
