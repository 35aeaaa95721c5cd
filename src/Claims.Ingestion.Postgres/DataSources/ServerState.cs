using NpgsqlTypes;

namespace Claims.Ingestion.Postgres.DataSources;

/// <summary>What is known of a database server.</summary>
/// <param name="Name">Host and port.</param>
/// <param name="Role">What it is.</param>
/// <param name="IsReachable">Whether it answers.</param>
/// <param name="Timeline">The timeline that it is on; it rises with each failover.</param>
/// <param name="Position">Up to where its log is flushed, or replayed on a replica.</param>
/// <param name="Lag">How long ago the primary was where the replica is; zero for a primary.</param>
/// <param name="LagBytes">How many bytes of the log the replica is behind the primary; zero for a primary.</param>
/// <param name="Error">Why it is not reachable, if it is not.</param>
public sealed record ServerState(
    string Name, ServerRole Role, bool IsReachable, uint Timeline, NpgsqlLogSequenceNumber Position, TimeSpan Lag, long LagBytes, string? Error)
{
    internal static ServerState Unknown(string name) => new(name, ServerRole.Unknown, false, 0, default, default, 0, "it was not asked yet");
}
