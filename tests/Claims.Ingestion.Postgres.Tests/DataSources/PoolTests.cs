using Claims.Ingestion.Postgres.DataSources;
using Claims.Ingestion.Storage;
using Claims.Ingestion.TestSupport;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Testing;
using Microsoft.Extensions.Time.Testing;
using Npgsql;

namespace Claims.Ingestion.Postgres.Tests.DataSources;

public sealed class PoolTests
{
    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Open_AllInUse_SaysWhoHoldsThem()
    {
        await using ClaimsDatabase database = await ClaimsDatabase.CreateAsync();
        await using ServiceProvider services = TestServices.Create(
            database.ConnectionString, new Dictionary<string, string?> { ["Claims:Postgres:Ingestion:MaxSize"] = "2", ["Claims:Postgres:Ingestion:ConnectTimeout"] = "00:00:01" });
        RoleDataSource source = services.GetRequiredKeyedService<RoleDataSource>(DataSourceRole.Ingestion);
        await using NpgsqlConnection first = await source.OpenPrimaryAsync(Token);
        await using NpgsqlConnection second = await source.OpenPrimaryAsync(Token);

        PoolExhaustedException exception = await Assert.ThrowsAsync<PoolExhaustedException>(async () => await source.OpenPrimaryAsync(Token));
        ClaimStoreException told = await Assert.ThrowsAsync<ClaimStoreException>(() => services.Store().FindFatesAsync("F", ["1"], Token));

        Assert.Matches(@"^All 2 connections of the Ingestion pool to \S+ are in use, and none came free within 1 s\. Opened by: Open_AllInUse_SaysWhoHoldsThem \(PoolTests\.cs:\d+\) 1, the oldest for [\d.]+ s", exception.Message);
        Assert.Contains("All 2 connections of the Ingestion pool", told.Message, StringComparison.Ordinal);
        Assert.True(exception.IsTransient);
        Assert.True(told.IsTransient);
    }

    [Fact]
    public async Task Open_HeldBeyondTheThreshold_IsReportedOnceWithItsOpener()
    {
        await using ClaimsDatabase database = await ClaimsDatabase.CreateAsync();
        var time = new FakeTimeProvider();
        var log = new FakeLogCollector();
        await using ServiceProvider services = TestServices.Create(
            database.ConnectionString,
            configure: added =>
            {
                added.Replace(ServiceDescriptor.Singleton<TimeProvider>(time));
                added.AddSingleton<ILoggerProvider>(new FakeLoggerProvider(log));
            });
        RoleDataSource source = services.GetRequiredKeyedService<RoleDataSource>(DataSourceRole.Api);
        NpgsqlConnection held = await source.OpenReadAsync(cancellationToken: Token);
        await (await source.OpenReadAsync(cancellationToken: Token)).DisposeAsync();
        Assert.Equal(1, source.Held);

        time.Advance(TimeSpan.FromSeconds(59));
        Assert.DoesNotContain(log.GetSnapshot(), record => record.Id.Name == "ConnectionOverdue");
        time.Advance(TimeSpan.FromSeconds(10));
        time.Advance(TimeSpan.FromMinutes(1));

        FakeLogRecord overdue = Assert.Single(log.GetSnapshot(), record => record.Id.Name == "ConnectionOverdue");
        Assert.Matches(@"A connection of the Api pool to \S+ is held for \d+ s now\. It was opened by Open_HeldBeyondTheThreshold_IsReportedOnceWithItsOpener \(PoolTests\.cs:\d+\)", overdue.Message);
        await held.DisposeAsync();
        Assert.Equal(0, source.Held);
    }

    [Fact]
    public async Task Open_OneServer_SharesThePoolWithNpgsqlsDataSource()
    {
        await using ClaimsDatabase database = await ClaimsDatabase.CreateAsync();
        await using ServiceProvider services = TestServices.Create(database.ConnectionString, new Dictionary<string, string?> { ["Claims:Postgres:Report:Name"] = "nightly" });
        await using NpgsqlConnection theirs = await services.GetRequiredKeyedService<NpgsqlDataSource>(DataSourceRole.Report).OpenConnectionAsync(Token);
        int backend = theirs.ProcessID;
        await theirs.CloseAsync();

        await using NpgsqlConnection ours = await services.GetRequiredKeyedService<RoleDataSource>(DataSourceRole.Report).OpenReadAsync(cancellationToken: Token);

        Assert.Equal(backend, ours.ProcessID);
        Assert.Equal("nightly", await new NpgsqlCommand("SELECT current_setting('application_name')", ours).ExecuteScalarAsync(Token));
    }

    [Fact]
    public async Task Open_MoreThanFour_HaveTheirLookUpsPlanned()
    {
        await using ClaimsDatabase database = await ClaimsDatabase.CreateAsync();
        await using ServiceProvider services = TestServices.Create(database.ConnectionString);
        RoleDataSource source = services.GetRequiredKeyedService<RoleDataSource>(DataSourceRole.Api);

        NpgsqlConnection[] held = await Task.WhenAll(Enumerable.Range(0, 8).Select(async _ => await source.OpenReadAsync(cancellationToken: Token)));
        int[] sessions = [.. held.Select(connection => connection.ProcessID).Distinct()];

        Assert.Equal(8, sessions.Length);
        foreach (NpgsqlConnection connection in held)
        {
            Assert.Equal(1L, await new NpgsqlCommand("SELECT count(*) FROM pg_prepared_statements WHERE statement LIKE '%claims.claim_of(%' AND generic_plans + custom_plans > 0", connection).ExecuteScalarAsync(Token));
            await connection.DisposeAsync();
        }

        // What is idle is taken first.
        await using NpgsqlConnection again = await source.OpenReadAsync(cancellationToken: Token);
        Assert.Contains(again.ProcessID, sessions);
    }

    [Fact]
    public async Task Open_NoTablesYet_WorksAllTheSame()
    {
        await using ClaimsDatabase database = await ClaimsDatabase.CreateAsync();
        await database.ExecuteAsync("DROP SCHEMA claims CASCADE");
        await using ServiceProvider services = TestServices.Create(database.ConnectionString);

        await using NpgsqlConnection connection = await services.GetRequiredKeyedService<RoleDataSource>(DataSourceRole.Api).OpenReadAsync(cancellationToken: Token);

        Assert.Equal(1, await new NpgsqlCommand("SELECT 1", connection).ExecuteScalarAsync(Token));
    }

    // Whoever waits for a connection that comes back is told at this moment.
    [Fact]
    public async Task Close_WhenTheConnectionSaysSo_ItIsBackInThePool()
    {
        await using ClaimsDatabase database = await ClaimsDatabase.CreateAsync();
        await using NpgsqlDataSource source = NpgsqlDataSource.Create(database.ConnectionString);
        NpgsqlConnection first = await source.OpenConnectionAsync(Token);
        int session = first.ProcessID;
        await using NpgsqlConnection second = source.CreateConnection();
        Task? opening = null;
        first.StateChange += (_, _) => opening = second.OpenAsync(Token);

        await first.DisposeAsync();

        Assert.True(opening?.IsCompletedSuccessfully);
        Assert.Equal(session, second.ProcessID);
    }
}
