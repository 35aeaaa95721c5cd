using Claims.Ingestion.Diagnostics;
using Claims.Ingestion.Postgres.DataSources;
using Claims.Ingestion.TestSupport;
using Microsoft.Extensions.DependencyInjection;
using Npgsql;

namespace Claims.Ingestion.Postgres.Tests.Diagnostics;

public sealed class DatabaseDeskTests
{
    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Read_PoolsServersAndWatch_AreWhatIsKnownNow()
    {
        await using ClaimsDatabase database = await ClaimsDatabase.CreateAsync();
        await using var host = new WatchHost(database.ConnectionString, ("Api:MaxSize", "7"));
        IDatabaseDesk desk = host.Services.GetRequiredService<IDatabaseDesk>();

        DatabaseOverview before = desk.Read();
        Assert.Equal([new PoolOverview("ingestion", 0, 10, null), new PoolOverview("api", 0, 7, null), new PoolOverview("report", 0, 10, null)], before.Pools);
        ServerOverview unknown = Assert.Single(before.Servers);
        Assert.Equal(("unknown", false, "it was not asked yet"), (unknown.Role, unknown.IsReachable, unknown.Error));
        Assert.Null(before.Watch);

        var api = host.Services.GetRequiredKeyedService<RoleDataSource>(DataSourceRole.Api);
        for (int i = 0; i < 12; i++) await (await api.OpenReadAsync(cancellationToken: Token)).DisposeAsync();
        await using NpgsqlConnection held = await api.OpenReadAsync(cancellationToken: Token);
        await host.Services.GetRequiredService<DatabaseServers>().AskAllAsync();
        await host.LookAsync();

        DatabaseOverview after = desk.Read();
        Assert.Equal(new PoolOverview("api", 1, 7, TimeSpan.Zero), after.Pools[1]);
        ServerOverview primary = Assert.Single(after.Servers);
        Assert.Equal(("primary", true, null, null, null), (primary.Role, primary.IsReachable, primary.Lag, primary.LagBytes, primary.Error));
        Assert.Same(host.Watch.Last!.Reading, after.Watch);
    }
}
