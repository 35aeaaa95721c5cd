using Claims.Ingestion.Diagnostics;
using Claims.Ingestion.Postgres.DataSources;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Options;

namespace Claims.Ingestion.Postgres.Diagnostics;

/// <summary>Puts together what this host knows of the database: its pools, what the probes say of the servers, and the last look of the watch.</summary>
internal sealed class DatabaseDesk(IServiceProvider services, DatabaseServers servers, PoolWaits waits, DatabaseWatch watch, IOptions<PostgresOptions> options) : IDatabaseDesk
{
    public DatabaseOverview Read() => new(
        [.. Enum.GetValues<DataSourceRole>().Select(Of)],
        [.. servers.States.Select(state => new ServerOverview(
            state.Name, state.Role.ToString().ToLowerInvariant(), state.IsReachable, state.Role == ServerRole.Replica ? state.Lag : null, state.Role == ServerRole.Replica ? state.LagBytes : null, state.Error))],
        watch.Last?.Reading);

    // The ingestion has a pool on the primary alone, the others on each server.
    private PoolOverview Of(DataSourceRole role) => new(
        role.ToString().ToLowerInvariant(),
        services.GetRequiredKeyedService<RoleDataSource>(role).Held,
        options.Value.PoolOf(role).MaxSize * (role == DataSourceRole.Ingestion ? 1 : servers.Servers.Count),
        waits.Of(role));
}
