using Claims.Ingestion.Postgres.Views;
using Claims.Ingestion.TestSupport;
using Claims.Ingestion.Views;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Testing;
using Microsoft.Extensions.Time.Testing;
using Npgsql;

namespace Claims.Ingestion.Postgres.Tests.Views;

/// <summary>A host over a test database whose loops do not run: a test takes their steps. Its clock stands still.</summary>
internal sealed class ViewHost : IAsyncDisposable
{
    private readonly ClaimsDatabase _database;

    /// <param name="database">The database.</param>
    /// <param name="settings">Settings below <c>Claims:Postgres</c>.</param>
    public ViewHost(ClaimsDatabase database, params (string Name, string Value)[] settings)
        : this(database, null, settings)
    {
    }

    /// <param name="database">The database.</param>
    /// <param name="clock">A clock in place of the one that stands still.</param>
    /// <param name="settings">Settings below <c>Claims:Postgres</c>.</param>
    public ViewHost(ClaimsDatabase database, TimeProvider? clock, params (string Name, string Value)[] settings)
    {
        _database = database;
        Services = TestServices.Create(
            database.ConnectionString,
            settings.ToDictionary(s => $"Claims:Postgres:{s.Name}", s => (string?)s.Value),
            added =>
            {
                added.Replace(ServiceDescriptor.Singleton(clock ?? Time));
                added.AddLogging(logging => logging.SetMinimumLevel(LogLevel.Debug).AddProvider(new FakeLoggerProvider(Logs)));
            });
    }

    public FakeTimeProvider Time { get; } = new();

    public FakeLogCollector Logs { get; } = new();

    public ServiceProvider Services { get; }

    public ReportViews Reports => Services.GetRequiredService<ReportViews>();

    public MaterializedViews Views => Services.GetRequiredService<MaterializedViews>();

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    public Task RunOnceAsync(string view, CancellationToken? cancellationToken = null) => Services.GetRequiredService<ViewRefresher>().RunOnceAsync(view, cancellationToken ?? Token);

    public Task<IReadOnlyList<MaterializedView>> ReadAsync() => Views.ReadAsync(Token);

    public async Task<ViewState> StateAsync(string view) => (await Views.GetStateAsync((await ReadAsync()).Single(v => v.Name == view), Token))!;

    /// <summary>Stores a file with a submission of some claims.</summary>
    public Task SubmitAsync(string id, int claims) => Services.Store().StoreAsync(
        [Sample.Submission(id, Sample.Day1, [.. Enumerable.Range(1, claims).Select(i => Sample.Claim($"{id}{i}", 1m, i))])], Token);

    /// <summary>Stores a file with a remittance of some claims.</summary>
    public Task RemitAsync(string id, int claims) => Services.Store().StoreAsync(
        [Sample.Remittance($"{id}-remittance", Sample.Day1, [.. Enumerable.Range(1, claims).Select(i => Sample.Remitted($"{id}{i}", i, activities: ("A1", 1m, 1m, null)))])], Token);

    /// <summary>What was decided, the oldest first.</summary>
    public Task<IReadOnlyList<string>> DecisionsAsync(string? view = null) => _database.RowsAsync(
        view is null
            ? "SELECT view_name, decision, reason FROM claims.view_decision ORDER BY id"
            : $"SELECT decision, reason, changed_rows, times FROM claims.view_decision WHERE view_name = '{view}' ORDER BY id");

    /// <summary>Waits until a session of this host stands before a lock.</summary>
    public async Task WaitForBlockedAsync()
    {
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(Token);
        limit.CancelAfter(TimeSpan.FromSeconds(30));
        await using NpgsqlCommand command = _database.DataSource.CreateCommand("SELECT EXISTS (SELECT FROM pg_locks l JOIN pg_database d ON d.oid = l.database WHERE d.datname = current_database() AND NOT l.granted)");
        while (!(bool)(await command.ExecuteScalarAsync(limit.Token))!) await Task.Yield();
    }

    public ValueTask DisposeAsync() => Services.DisposeAsync();
}
