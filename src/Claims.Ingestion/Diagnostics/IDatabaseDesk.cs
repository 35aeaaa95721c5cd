namespace Claims.Ingestion.Diagnostics;

/// <summary>What operators see of the database. Asking opens no connection: it is what was seen last.</summary>
internal interface IDatabaseDesk
{
    DatabaseOverview Read();
}

/// <summary>The database as it was seen last.</summary>
/// <param name="Pools">The pools of this host.</param>
/// <param name="Servers">The servers, by what this host's probes know.</param>
/// <param name="Watch">What the watch of the database saw; <see langword="null"/> where it is off or has seen nothing yet.</param>
internal sealed record DatabaseOverview(IReadOnlyList<PoolOverview> Pools, IReadOnlyList<ServerOverview> Servers, DatabaseWatchReading? Watch);

/// <summary>A pool of this host.</summary>
/// <param name="Role">Whose it is: ingestion, api or report.</param>
/// <param name="Held">Connections that somebody holds.</param>
/// <param name="Max">How many it may have.</param>
/// <param name="Wait">What the slowest twentieth of its callers waited of late; <see langword="null"/> when too few asked.</param>
internal sealed record PoolOverview(string Role, int Held, int Max, TimeSpan? Wait);

/// <summary>A server.</summary>
/// <param name="Name">Its name.</param>
/// <param name="Role">What it is: primary, replica or unknown.</param>
/// <param name="IsReachable">Whether it answers.</param>
/// <param name="Lag">How far behind it is in time; <see langword="null"/> where it is no replica.</param>
/// <param name="LagBytes">How far behind it is in bytes of the log.</param>
/// <param name="Error">Why it does not answer, or is not used.</param>
/// <param name="GetsReads">Whether reads go to it, as they should to a replica.</param>
internal sealed record ServerOverview(string Name, string Role, bool IsReachable, TimeSpan? Lag, long? LagBytes, string? Error, bool GetsReads = true);

/// <summary>What one look at the database's own statistics saw. No text of anybody's query is in it but normalized ones, without values.</summary>
/// <param name="At">When.</param>
/// <param name="Blocked">Sessions that wait for a lock, and who holds it; those that wait longest first.</param>
/// <param name="Deadlocks">Deadlocks since the statistics began.</param>
/// <param name="CacheHitShare">The part of the blocks read that were in the server's memory, between the last two looks; <see langword="null"/> when nothing was read.</param>
/// <param name="WalBytesPerSecond">Bytes of write-ahead log a second, between the last two looks; <see langword="null"/> at the first.</param>
/// <param name="DatabaseBytes">The size of the database.</param>
/// <param name="Tables">The largest tables.</param>
/// <param name="SlowStatements">The statements that took most time since the statistics began; empty without <c>pg_stat_statements</c>.</param>
/// <param name="Unavailable">What could not be seen, each with the reason and what to do.</param>
internal sealed record DatabaseWatchReading(
    DateTimeOffset At, IReadOnlyList<BlockedSession> Blocked, long Deadlocks, double? CacheHitShare, double? WalBytesPerSecond, long DatabaseBytes,
    IReadOnlyList<TableOverview> Tables, IReadOnlyList<StatementOverview> SlowStatements, IReadOnlyList<string> Unavailable);

/// <summary>A session that waits for a lock.</summary>
internal sealed record BlockedSession(int Pid, string Application, TimeSpan Waiting, int BlockedByPid, string BlockedByApplication, string BlockedByState, string? Relation);

/// <summary>A table with its indexes; month partitions count to their table.</summary>
/// <param name="Name">Its name, with the schema.</param>
/// <param name="Bytes">Its size.</param>
/// <param name="LiveRows">Rows, as the statistics estimate them.</param>
/// <param name="DeadRows">Rows that wait for a vacuum, likewise.</param>
/// <param name="LastVacuum">When one came by; <see langword="null"/> when none did.</param>
/// <param name="IndexBytes">The size of its B-tree indexes.</param>
/// <param name="SpareIndexBytes">What of that their entries do not need, as the statistics estimate.</param>
internal sealed record TableOverview(string Name, long Bytes, long LiveRows, long DeadRows, DateTimeOffset? LastVacuum, long IndexBytes, long SpareIndexBytes);

/// <summary>A normalized statement and its cost.</summary>
internal sealed record StatementOverview(string Text, long Calls, TimeSpan Mean, TimeSpan Total);
