using System.Globalization;
using Claims.Ingestion.Postgres.DataSources;
using Microsoft.Extensions.Diagnostics.HealthChecks;
using Microsoft.Extensions.Options;

namespace Claims.Ingestion.Postgres.Diagnostics;

/// <summary>Degraded while a server other than the primary gets no reads: the others do its work.</summary>
internal sealed class ReplicasHealthCheck(DatabaseServers servers, IOptions<PostgresOptions> options) : IHealthCheck
{
    public Task<HealthCheckResult> CheckHealthAsync(HealthCheckContext context, CancellationToken cancellationToken = default)
    {
        IReadOnlyList<ServerState> states = servers.States;
        if (states.Count == 1) return Task.FromResult(HealthCheckResult.Healthy("There are no replicas."));
        int primary = Routes.Primary(states);
        Route route = Routes.Read(states, after: null, options.Value.Routing);
        string[] missing = [.. states.Where((_, place) => place != primary && !(route.Kind == RouteKind.Go && route.Servers.Contains(place))).Select(Describe)];
        return Task.FromResult(missing.Length == 0
            ? HealthCheckResult.Healthy($"{route.Servers.Count} replicas serve reads.")
            : HealthCheckResult.Degraded($"Reads go elsewhere: {string.Join("; ", missing)}. The others do its work; bring it back, or let it catch up."));
    }

    private static string Describe(ServerState state) => state.IsReachable
        ? string.Create(CultureInfo.InvariantCulture, $"{state.Name} is a {state.Role}, {state.Lag.TotalSeconds:0.#} s and {state.LagBytes} bytes behind")
        : $"{state.Name} is not available: {state.Error}";
}
