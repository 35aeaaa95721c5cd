namespace Claims.Ingestion.Postgres.DataSources;

/// <summary>What a read is to do.</summary>
internal enum RouteKind
{
    /// <summary>Go to any of the servers.</summary>
    Go,

    /// <summary>Wait a little until one of the servers has reached the token.</summary>
    Wait,

    /// <summary>Go to the primary, as far as its budget for such reads allows.</summary>
    Fallback,

    /// <summary>No server can take it now.</summary>
    None,
}

/// <summary>Where a read goes.</summary>
/// <param name="Kind">What it is to do.</param>
/// <param name="Servers">The places of the servers in the list.</param>
internal readonly record struct Route(RouteKind Kind, IReadOnlyList<int> Servers)
{
    public static Route None { get; } = new(RouteKind.None, []);
}

/// <summary>Decides which servers may take a read or a write. Pure: everything that it goes by is given.</summary>
internal static class Routes
{
    /// <summary>The place of the server that takes writes.</summary>
    /// <returns>The place, or -1. Of two that call themselves primary, one was left behind by a failover: the one on the earlier timeline.</returns>
    public static int Primary(IReadOnlyList<ServerState> servers)
    {
        // Where there is no choice the server itself says what is wrong.
        if (servers.Count == 1) return 0;
        int found = -1;
        for (int i = 0; i < servers.Count; i++)
        {
            if (servers[i] is { Role: ServerRole.Primary, IsReachable: true } server && (found < 0 || server.Timeline > servers[found].Timeline)) found = i;
        }

        return found;
    }

    /// <summary>Which servers may take a read.</summary>
    /// <param name="servers">What is known of them.</param>
    /// <param name="after">What the read has to see.</param>
    /// <param name="options">How far behind a replica may be.</param>
    public static Route Read(IReadOnlyList<ServerState> servers, ConsistencyToken? after, RoutingOptions options)
    {
        if (servers.Count == 1) return new Route(RouteKind.Go, [0]);
        int primary = Primary(servers);
        uint timeline = primary < 0 ? 0 : servers[primary].Timeline;
        int[] current = [.. Enumerable.Range(0, servers.Count).Where(i => IsCurrent(servers[i], timeline, options))];
        if (current.Length > 0)
        {
            if (after is not { } token || (primary >= 0 && WasLost(token, servers[primary]))) return new Route(RouteKind.Go, current);
            int[] reached = [.. current.Where(i => token.IsReachedBy(servers[i].Timeline, servers[i].Position))];
            return reached.Length > 0 ? new Route(RouteKind.Go, reached) : new Route(RouteKind.Wait, current);
        }

        return primary < 0 ? Route.None : new Route(RouteKind.Fallback, [primary]);
    }

    /// <summary>Whether a replica is too far behind to take reads.</summary>
    /// <summary>The places of servers other than the primary that reads do not go to.</summary>
    public static IReadOnlyList<int> WithoutReads(IReadOnlyList<ServerState> servers, RoutingOptions options)
    {
        int primary = Primary(servers);
        Route route = Read(servers, after: null, options);
        return [.. Enumerable.Range(0, servers.Count).Where(place => place != primary && !(route.Kind == RouteKind.Go && route.Servers.Contains(place)))];
    }

    public static bool IsLate(ServerState server, RoutingOptions options) =>
        server is { Role: ServerRole.Replica, IsReachable: true } && (server.Lag > options.MaxLag || server.LagBytes > options.MaxLagBytes);

    private static bool IsCurrent(ServerState server, uint timeline, RoutingOptions options) =>
        server is { Role: ServerRole.Replica, IsReachable: true } && server.Timeline >= timeline && !IsLate(server, options);

    // The primary began its timeline before it came to the token: that part of the earlier timeline is not in its history, and no server will ever show it.
    private static bool WasLost(ConsistencyToken token, ServerState primary) => token.Timeline < primary.Timeline && token.Position > primary.Position;
}
