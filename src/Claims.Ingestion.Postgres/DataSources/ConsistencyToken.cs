using System.Diagnostics.CodeAnalysis;
using System.Globalization;
using Npgsql;
using NpgsqlTypes;

namespace Claims.Ingestion.Postgres.DataSources;

/// <summary>
/// A place in the history of the database: what was committed before it was taken is seen by every read that is given it. Its text form fits into a header, a cookie or a message.
/// </summary>
/// <param name="Timeline">The timeline of the primary; it rises with each failover.</param>
/// <param name="Position">Up to where the primary's write-ahead log was flushed (or, with <c>synchronous_commit = off</c>, written).</param>
/// <remarks>See the PostgreSQL manual, "Timelines" and "WAL Internals".</remarks>
public readonly record struct ConsistencyToken(uint Timeline, NpgsqlLogSequenceNumber Position)
{
    // With synchronous_commit off, a commit is acknowledged before it is flushed.
    private const string Sql =
        """
        SELECT ('x' || left(pg_walfile_name(pg_current_wal_lsn()), 8))::bit(32)::int8,
               CASE current_setting('synchronous_commit') WHEN 'off' THEN pg_current_wal_insert_lsn() ELSE pg_current_wal_flush_lsn() END
        """;

    /// <summary>Takes a token. Call it after the commit; it covers whatever was committed before, by anybody.</summary>
    /// <param name="connection">A connection to the primary without an open transaction, best the one that committed.</param>
    /// <param name="cancellationToken">The token to cancel the asking.</param>
    /// <returns>The token.</returns>
    /// <exception cref="PostgresException">The server is a replica: it has no token to give.</exception>
    public static async Task<ConsistencyToken> TakeAsync(NpgsqlConnection connection, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(connection);
        await using var command = new NpgsqlCommand(Sql, connection);
        await using NpgsqlDataReader reader = await command.ExecuteReaderAsync(cancellationToken);
        await reader.ReadAsync(cancellationToken);
        return new ConsistencyToken((uint)reader.GetInt64(0), reader.GetFieldValue<NpgsqlLogSequenceNumber>(1));
    }

    /// <summary>Reads a token from its text form.</summary>
    /// <param name="text">The text; it may come from a stranger.</param>
    /// <param name="token">The token.</param>
    /// <returns>Whether the text was one.</returns>
    public static bool TryParse([NotNullWhen(true)] string? text, out ConsistencyToken token)
    {
        token = default;
        int dash = text?.IndexOf('-', StringComparison.Ordinal) ?? -1;
        if (dash < 0
            || !uint.TryParse(text.AsSpan(0, dash), NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out uint timeline)
            || !ulong.TryParse(text.AsSpan(dash + 1), NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out ulong position)
            || timeline == 0)
        {
            return false;
        }

        token = new ConsistencyToken(timeline, new NpgsqlLogSequenceNumber(position));
        return true;
    }

    /// <summary>
    /// The later one of two tokens: what satisfies it satisfies both. A later timeline holds all that was kept of the earlier one.
    /// </summary>
    /// <param name="one">A token, or none.</param>
    /// <param name="other">A token, or none.</param>
    /// <returns>The later token; <see langword="null"/> when there is none.</returns>
    public static ConsistencyToken? Latest(ConsistencyToken? one, ConsistencyToken? other) =>
        (one, other) is ({ } first, { } second)
            ? ((first.Timeline, (ulong)first.Position).CompareTo((second.Timeline, (ulong)second.Position)) >= 0 ? first : second)
            : one ?? other;

    /// <summary>Whether a server shows all that the token covers.</summary>
    /// <param name="timeline">The timeline that the server follows.</param>
    /// <param name="position">Up to where it has replayed, or flushed, the log.</param>
    /// <returns>Whether a read there sees it.</returns>
    public bool IsReachedBy(uint timeline, NpgsqlLogSequenceNumber position) => timeline >= Timeline && position >= Position;

    /// <summary>The text form: the timeline and the position, hexadecimal, with a dash between.</summary>
    /// <returns>At most 25 characters.</returns>
    public override string ToString() => string.Create(CultureInfo.InvariantCulture, $"{Timeline:X}-{(ulong)Position:X}");
}
