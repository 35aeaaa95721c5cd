using Claims.Ingestion.Diagnostics;
using Claims.Ingestion.Postgres.DataSources;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Options;

namespace Claims.Ingestion.Postgres.Diagnostics;

/// <summary>Puts together what this host knows of the database: its pools, what the probes say of the servers, and the last look of the watch.</summary>
internal sealed class DatabaseDesk(IServiceProvider services, DatabaseServers servers, PoolWaits waits, DatabaseWatch watch, IOptions<PostgresOptions> options) : IDatabaseDesk
{
    public DatabaseOverview Read()
    {
        IReadOnlyList<ServerState> states = servers.States;
        IReadOnlyList<int> withoutReads = Routes.WithoutReads(states, options.Value.Routing);
        return new(
            [.. Enum.GetValues<DataSourceRole>().Select(Of)],
            [.. states.Select((state, place) => new ServerOverview(
                state.Name, state.Role.ToString().ToLowerInvariant(), state.IsReachable, state.Role == ServerRole.Replica ? state.Lag : null, state.Role == ServerRole.Replica ? state.LagBytes : null, state.Error,
                !withoutReads.Contains(place)))],
            watch.Last?.Reading);
    }

    private PoolOverview Of(DataSourceRole role)
    {
        RoleDataSource pool = services.GetRequiredKeyedService<RoleDataSource>(role);
        return new PoolOverview(role.ToString().ToLowerInvariant(), pool.Held, pool.Limit, waits.Of(role));
    }
}
