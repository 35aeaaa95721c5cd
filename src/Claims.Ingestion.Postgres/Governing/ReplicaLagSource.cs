using Claims.Ingestion.Governing;
using Claims.Ingestion.Postgres.DataSources;
using Microsoft.Extensions.Options;

namespace Claims.Ingestion.Postgres.Governing;

/// <summary>How late the latest replica is that answers: more to replay makes it later still, and in the end it gets no reads.</summary>
internal sealed class ReplicaLagSource(DatabaseServers servers, IOptions<PostgresOptions> options) : IGovernorSource
{
    public GovernorSignals Add(GovernorSignals signals)
    {
        double? worst = null;
        foreach (ServerState state in servers.States)
        {
            if (state is not { IsReachable: true, Role: ServerRole.Replica } || options.Value.Routing.MaxLag <= TimeSpan.Zero) continue;
            worst = Math.Max(worst ?? 0, state.Lag / options.Value.Routing.MaxLag);
        }

        return worst is { } lag ? signals with { ReplicaLag = lag } : signals;
    }
}
