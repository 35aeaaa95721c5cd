using Claims.Ingestion.Governing;
using Claims.Ingestion.Postgres.DataSources;
using Claims.Ingestion.Postgres.Governing;
using Claims.Ingestion.TestSupport;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Time.Testing;
using Npgsql;

namespace Claims.Ingestion.Postgres.Tests.Governing;

/// <summary>What the governor is told by a real database.</summary>
public sealed class SignalTests : IAsyncLifetime
{
    private static readonly GovernorSignals _nothing = new() { Now = TimeSpan.Zero, IsAtWork = false };

    private readonly FakeTimeProvider _time = new();
    private ClaimsDatabase _database = null!;
    private ServiceProvider _services = null!;

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync()
    {
        _database = await ClaimsDatabase.CreateAsync();
        _services = Create();
    }

    public async ValueTask DisposeAsync()
    {
        await _services.DisposeAsync();
        await _database.DisposeAsync();
    }

    [Fact]
    public async Task UserQueries_MeasureThePoolOfTheUsersAlone()
    {
        UserQueries users = _services.GetServices<IGovernorSource>().OfType<UserQueries>().Single();
        await AskAsync(DataSourceRole.Ingestion, "SELECT pg_sleep(0.001)", 30);
        await AskAsync(DataSourceRole.Report, "SELECT pg_sleep(0.001)", 30);
        Assert.Null(users.Add(_nothing).UserLatency);

        await AskAsync(DataSourceRole.Api, "SELECT pg_sleep(0.02)", 12);

        GovernorSignals signals = users.Add(_nothing);
        Assert.True(signals.UserLatency > TimeSpan.FromMilliseconds(20), $"{signals.UserLatency}");
        Assert.NotNull(signals.PoolWait);
    }

    [Fact]
    public async Task UserQueries_ConnectionsWithoutMeasuredQueries_AreADeadSignal()
    {
        UserQueries users = _services.GetServices<IGovernorSource>().OfType<UserQueries>().Single();
        RoleDataSource api = _services.GetRequiredKeyedService<RoleDataSource>(DataSourceRole.Api);
        for (int i = 0; i < 12; i++) await (await api.OpenReadAsync(cancellationToken: Token)).DisposeAsync();

        Assert.Equal("users open connections, but no query of theirs ends, or Npgsql does not measure them", Assert.Single(users.Add(_nothing).Dead));

        await AskAsync(DataSourceRole.Api, "SELECT 1", 12);
        Assert.Empty(users.Add(_nothing).Dead);
    }

    [Fact]
    public async Task CommitTimes_MeasureTheCommitsOfTheIngestion()
    {
        CommitTimes commits = _services.GetRequiredService<CommitTimes>();
        Assert.Null(commits.Add(_nothing).CommitLatency);

        for (int i = 0; i < 10; i++)
        {
            await commits.MeasureAsync(() =>
            {
                _time.Advance(TimeSpan.FromMilliseconds(40));
                return Task.CompletedTask;
            });
        }

        Assert.Equal(TimeSpan.FromMilliseconds(40), commits.Add(_nothing).CommitLatency);
    }

    [Fact]
    public async Task DatabaseSignals_SomebodyWaitsForALockOfTheIngestion_IsCounted()
    {
        DatabaseSignals database = _services.GetRequiredService<DatabaseSignals>();
        await database.AskOnceAsync(Token);
        Assert.Equal(0, database.Add(_nothing).BlockedByUs);
        await _database.ExecuteAsync("CREATE TABLE public.shared (n integer); INSERT INTO public.shared VALUES (1)");
        await using NpgsqlConnection ingestion = await _services.GetRequiredKeyedService<RoleDataSource>(DataSourceRole.Ingestion).OpenPrimaryAsync(Token);
        await using NpgsqlTransaction transaction = await ingestion.BeginTransactionAsync(Token);
        await using (var update = new NpgsqlCommand("UPDATE public.shared SET n = 2", ingestion)) await update.ExecuteNonQueryAsync(Token);
        Task waiting = _database.ExecuteAsync("UPDATE public.shared SET n = 3");
        while (await _database.ScalarAsync<long>("SELECT count(*) FROM pg_stat_activity WHERE wait_event_type = 'Lock'") == 0) await Task.Yield();

        await database.AskOnceAsync(Token);

        Assert.Equal(1, database.Add(_nothing).BlockedByUs);
        await transaction.CommitAsync(Token);
        await waiting;
    }

    [Fact]
    public async Task DatabaseSignals_UsersOfAnotherHostSuffer_IsToldToThisOne()
    {
        await using ServiceProvider other = Create();
        DatabaseSignals here = _services.GetRequiredService<DatabaseSignals>(), there = other.GetRequiredService<DatabaseSignals>();
        here.Tell(0.5);
        there.Tell(1.7);
        await there.AskOnceAsync(Token);
        await here.AskOnceAsync(Token);
        await there.AskOnceAsync(Token);

        Assert.Equal(1.7, here.Add(_nothing).OtherHosts);
        Assert.Equal(0.5, there.Add(_nothing).OtherHosts);

        // A host that is gone is not heard for ever.
        await _database.ExecuteAsync("UPDATE claims.governor_host SET told_at = told_at - interval '10 seconds'");
        await here.AskOnceAsync(Token);
        Assert.Equal(0, here.Add(_nothing).OtherHosts);
    }

    [Fact]
    public async Task DatabaseSignals_NoAnswerForLong_IsDeadAndComesBack()
    {
        DatabaseSignals database = _services.GetRequiredService<DatabaseSignals>();
        Assert.Empty(database.Add(_nothing).Dead);
        await database.AskOnceAsync(Token);
        await _database.ExecuteAsync("ALTER TABLE claims.governor_host RENAME TO away");
        _time.Advance(TimeSpan.FromSeconds(6));

        await database.AskOnceAsync(Token);

        string dead = Assert.Single(database.Add(_nothing).Dead);
        Assert.StartsWith("the database does not say who waits for locks: PostgreSQL reported 42P01", dead, StringComparison.Ordinal);
        await _database.ExecuteAsync("ALTER TABLE claims.away RENAME TO governor_host");
        await database.AskOnceAsync(Token);
        Assert.Empty(database.Add(_nothing).Dead);
    }

    /// <summary>Npgsql's metrics are those of the whole process, and other tests have pools of the usual name beside.</summary>
    private ServiceProvider Create() => TestServices.Create(
        _database.ConnectionString, new Dictionary<string, string?> { ["Claims:Postgres:Api:Name"] = $"api-{Guid.NewGuid():N}" }, services => services.AddSingleton<TimeProvider>(_time));

    private async Task AskAsync(DataSourceRole role, string sql, int times)
    {
        RoleDataSource source = _services.GetRequiredKeyedService<RoleDataSource>(role);
        for (int i = 0; i < times; i++)
        {
            await using NpgsqlConnection connection = await source.OpenReadAsync(cancellationToken: Token);
            await using var command = new NpgsqlCommand(sql, connection);
            await command.ExecuteNonQueryAsync(Token);
        }
    }
}
