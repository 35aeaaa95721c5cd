using FacilityGateway.Gateway;

namespace Deploy.Tests.Faults;

/// <summary>Something that goes wrong, and how it must be seen.</summary>
internal sealed record Fault(string Name)
{
    /// <summary>All that are tried: one for each row.</summary>
    public static IReadOnlyList<Fault> All { get; } =
    [
        new Fault("facility down")
        {
            BeginAsync = host => StrikeAsync(host, 0, GatewayFault.Http503),
            Metric = host => $"claims_facility_failures{{claims_facility=\"{host.Gateway.Accounts[0].FacilityId}\"}} >= 3",
            Check = "claims-facilities",
            Status = "Degraded",
            Says = host => host.Gateway.Accounts[0].FacilityId,
            Alert = "ClaimsFacilityFailing",
            Label = host => ("claims_facility", host.Gateway.Accounts[0].FacilityId),
        },
        new Fault("wrong password")
        {
            BeginAsync = host => StrikeAsync(host, 1, GatewayFault.WrongPassword),
            Metric = _ => "increase(claims_scheduling_polls_total{claims_poll_outcome=\"credential_refused\"}[30s]) > 0",
            Check = "claims-facilities",
            Status = "Degraded",
            Says = host => host.Gateway.Accounts[1].FacilityId,
            Alert = "ClaimsCredentialRefused",
        },
        new Fault("stuck view")
        {
            // Whoever holds these rows keeps every host from bringing the summaries up to date.
            BeginAsync = host => host.RunAsync(host.Primary, "BEGIN; SELECT FROM claims.summary_state FOR UPDATE"),
            Metric = _ => "max by (claims_view) (claims_view_staleness_seconds) > 5",
            Check = "claims-views",
            Status = "Degraded",
            Says = _ => "behind",
            Alert = "ClaimsViewStale",
            Label = _ => ("claims_view", "mv_balance_amount_summary"),
        },
        new Fault("replica lag")
        {
            BeginAsync = host => host.RunAsync(host.Replica, "SELECT pg_wal_replay_pause()"),
            Metric = host => $"claims_replica_lag_seconds{{server_address=\"{host.ReplicaAddress}\"}} > 1",
            Check = "claims-replicas",
            Status = "Degraded",
            Says = host => $"{host.ReplicaAddress} is a Replica",
            Alert = "ClaimsReplicaLag",
            Label = host => ("server_address", host.ReplicaAddress),
        },
        new Fault("slow database")
        {
            BeginAsync = host => SlowAsync(host, 300),
            EndAsync = host => SlowAsync(host, 0),
            Metric = _ => "claims_governor_user_latency_seconds > 0.25",

            // It is slow, but it answers: no reason to take the host out of service.
            Check = "claims-database",
            Status = "Healthy",
            Says = _ => "The database answered",
            Alert = "ClaimsUsersSlow",
        },
    ];

    public required Func<MonitoredHost, Task> BeginAsync { get; init; }

    /// <summary>Ends a fault that would disturb the others; <see langword="null"/> for one that lasts and begins with the host.</summary>
    public Func<MonitoredHost, Task>? EndAsync { get; init; }

    public bool Lasts => EndAsync is null;

    /// <summary>An expression that has a value when the metrics show it.</summary>
    public required Func<MonitoredHost, string> Metric { get; init; }

    /// <summary>The health check that tells of it.</summary>
    public required string Check { get; init; }

    public required string Status { get; init; }

    /// <summary>What the check says, among other things.</summary>
    public required Func<MonitoredHost, string> Says { get; init; }

    /// <summary>The alert that fires.</summary>
    public required string Alert { get; init; }

    /// <summary>A label by which the alert names what is wrong.</summary>
    public Func<MonitoredHost, (string Name, string Value)>? Label { get; init; }

    public override string ToString() => Name;

    private static Task StrikeAsync(MonitoredHost host, int facility, GatewayFault kind)
    {
        host.Gateway.Faults.Add(new FaultRule { Kind = kind, FacilityId = host.Gateway.Accounts[facility].FacilityId });
        return Task.CompletedTask;
    }

    private static Task SlowAsync(MonitoredHost host, int milliseconds)
    {
        host.Slow(TimeSpan.FromMilliseconds(milliseconds));
        return Task.CompletedTask;
    }
}
