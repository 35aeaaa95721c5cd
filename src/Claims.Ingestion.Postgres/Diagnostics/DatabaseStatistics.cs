using Claims.Ingestion.Diagnostics;
using Npgsql;

namespace Claims.Ingestion.Postgres.Diagnostics;

/// <summary>
/// The questions of the watch. Each is a transaction of its own with limits of its own, so that none keeps the server busy or waits for anybody, and one that is refused does not spoil the others. The
/// limits hold behind a pooler too.
/// </summary>
internal static class DatabaseStatistics
{
    public const int MaxBlocked = 50;
    public const int MaxTables = 10;
    public const int MaxStatements = 10;

    // The page with the index's own facts, and the root.
    private const int EmptyIndex = 2 * 8192;

    private static readonly string[] _limits =
    [
        "SET LOCAL statement_timeout = '2s'",
        "SET LOCAL lock_timeout = '500ms'",
        "SET LOCAL idle_in_transaction_session_timeout = '5s'",
        "SET LOCAL jit = off",
        "SET LOCAL max_parallel_workers_per_gather = 0",
    ];

    /// <summary>What the database counts, and whether the account may see the sessions of others.</summary>
    public static async Task<DatabaseCounts> ReadCountsAsync(NpgsqlConnection connection, CancellationToken cancellationToken) => (await AskAsync(
        connection,
        """
        SELECT deadlocks, blks_hit, blks_read, quote_ident(current_user), pg_has_role(current_user, 'pg_read_all_stats', 'USAGE')
        FROM pg_stat_database WHERE datname = current_database()
        """,
        reader => new DatabaseCounts(reader.GetInt64(0), reader.GetInt64(1), reader.GetInt64(2), reader.GetString(3), reader.GetBoolean(4)),
        cancellationToken))[0];

    /// <returns>Up to where the write-ahead log reaches, in bytes; <see langword="null"/> on a replica.</returns>
    public static async Task<long?> ReadWalAsync(NpgsqlConnection connection, CancellationToken cancellationToken) => (await AskAsync(
        connection,
        "SELECT CASE WHEN NOT pg_is_in_recovery() THEN pg_wal_lsn_diff(pg_current_wal_lsn(), '0/0')::int8 END",
        reader => reader.IsDBNull(0) ? null : (long?)reader.GetInt64(0),
        cancellationToken))[0];

    /// <summary>Who waits for a lock, and who holds it. To say who holds it, the server stops all its locking for a moment, so it is asked only for those that wait, and for the first of them.</summary>
    /// <returns>The sessions that wait longest, and how many wait in all.</returns>
    public static async Task<(IReadOnlyList<BlockedSession> Blocked, int Waiting)> ReadBlockedAsync(NpgsqlConnection connection, CancellationToken cancellationToken)
    {
        IReadOnlyList<(BlockedSession Session, int Total)> rows = await AskAsync(
            connection,
            $"""
            WITH waiting AS MATERIALIZED (
              SELECT l.pid, a.application_name, l.waitstart, l.relation, (count(*) OVER ())::integer AS total
              FROM pg_locks l JOIN pg_stat_activity a ON a.pid = l.pid
              WHERE NOT l.granted AND a.datname = current_database()
              ORDER BY l.waitstart NULLS LAST LIMIT {MaxBlocked}
            )
            SELECT w.pid, coalesce(w.application_name, ''), greatest(extract(epoch FROM clock_timestamp() - coalesce(w.waitstart, clock_timestamp())), 0)::float8,
                   b.pid, CASE WHEN b.pid = 0 THEN 'a prepared transaction' ELSE coalesce(b.application_name, '') END, CASE WHEN b.pid = 0 THEN 'prepared' ELSE coalesce(b.state, 'not visible') END,
                   (SELECT n.nspname || '.' || c.relname FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
                    WHERE c.oid = coalesce(w.relation, (SELECT t.relation FROM pg_locks t WHERE t.pid = w.pid AND t.locktype = 'tuple' LIMIT 1))),
                   w.total
            FROM waiting w
            CROSS JOIN LATERAL (
              SELECT p.pid, s.application_name, s.state FROM unnest(pg_blocking_pids(w.pid)) p (pid) LEFT JOIN pg_stat_activity s ON s.pid = p.pid
              ORDER BY p.pid IN (SELECT pid FROM waiting), p.pid LIMIT 1
            ) b
            ORDER BY 3 DESC
            """,
            reader => (new BlockedSession(
                reader.GetInt32(0), reader.GetString(1), TimeSpan.FromSeconds(reader.GetDouble(2)), reader.GetInt32(3), reader.GetString(4), reader.GetString(5), reader.IsDBNull(6) ? null : reader.GetString(6)),
                reader.GetInt32(7)),
            cancellationToken);
        return ([.. rows.Select(row => row.Session)], rows.Count > 0 ? rows[0].Total : 0);
    }

    /// <summary>How fresh each report is.</summary>
    public static Task<IReadOnlyList<ReportFreshness>> ReadReportsAsync(NpgsqlConnection connection, CancellationToken cancellationToken) => AskAsync(
        connection,
        "SELECT view_name, CASE WHEN waiting_claims > 0 THEN greatest(extract(epoch FROM now() - as_of), 0) ELSE 0 END::float8, waiting_claims::int8 FROM claims.report_state ORDER BY view_name",
        reader => new ReportFreshness(reader.GetString(0), TimeSpan.FromSeconds(reader.GetDouble(1)), reader.GetInt64(2)),
        cancellationToken);

    /// <summary>How many files are quarantined. An index has them alone.</summary>
    public static async Task<long?> CountQuarantinedAsync(NpgsqlConnection connection, CancellationToken cancellationToken) => (await AskAsync(
        connection,
        "SELECT count(*) FROM claims.claim_file WHERE status = 'quarantined'",
        reader => (long?)reader.GetInt64(0),
        cancellationToken))[0];

    /// <summary>The size of the database and of its largest tables. The server looks at each of their files.</summary>
    /// <remarks>
    /// What the entries of a B-tree need: 8 bytes for the header of each, 4 for its place in the page and the key, in pages that are filled to nine tenths (PostgreSQL manual, "B-Tree Indexes" and "Database Page Layout"). How wide keys
    /// are the statistics say; of a column that they do not tell, 32 bytes. Equal keys, which share their entries, need less.
    /// </remarks>
    public static async Task<(long Bytes, IReadOnlyList<TableOverview> Tables)> ReadTablesAsync(NpgsqlConnection connection, CancellationToken cancellationToken)
    {
        IReadOnlyList<(TableOverview Table, long Database)> rows = await AskAsync(
            connection,
            $"""
            SELECT n.nspname || '.' || c.relname, t.bytes, t.live, t.dead, t.vacuumed, x.bytes, x.spare, pg_database_size(current_database())
            FROM (
              SELECT coalesce(pg_partition_root(p.oid), p.oid) AS root, coalesce(sum(pg_total_relation_size(p.oid)), 0)::int8 AS bytes, sum(s.n_live_tup)::int8 AS live, sum(s.n_dead_tup)::int8 AS dead,
                     max(greatest(s.last_vacuum, s.last_autovacuum)) AS vacuumed, array_agg(p.oid) AS parts
              FROM pg_class p JOIN pg_stat_user_tables s ON s.relid = p.oid
              WHERE p.relkind IN ('r', 'm')
              GROUP BY 1 ORDER BY 2 DESC LIMIT {MaxTables}
            ) t
            JOIN pg_class c ON c.oid = t.root
            JOIN pg_namespace n ON n.oid = c.relnamespace
            CROSS JOIN LATERAL (
              SELECT coalesce(sum(i.bytes), 0)::int8 AS bytes,
                     coalesce(sum(greatest(i.bytes - {EmptyIndex} - i.entries * (8 + 4 + 8 * ceil(k.width / 8.0)) / 0.9, 0)) FILTER (WHERE i.entries >= 0), 0)::int8 AS spare
              FROM (
                SELECT i.indexrelid, i.indrelid, i.indkey, pg_relation_size(i.indexrelid) AS bytes, r.reltuples AS entries
                FROM pg_index i JOIN pg_class r ON r.oid = i.indexrelid JOIN pg_am m ON m.oid = r.relam
                WHERE i.indrelid = ANY (t.parts) AND m.amname = 'btree'
              ) i
              CROSS JOIN LATERAL (
                SELECT sum(coalesce(nullif(a.attlen, -1), s.avg_width, 32)) AS width
                FROM pg_attribute a
                JOIN pg_class o ON o.oid = CASE WHEN i.indkey[a.attnum - 1] = 0 THEN i.indexrelid ELSE i.indrelid END
                JOIN pg_namespace h ON h.oid = o.relnamespace
                LEFT JOIN pg_attribute b ON b.attrelid = i.indrelid AND b.attnum = i.indkey[a.attnum - 1] AND b.attnum <> 0
                LEFT JOIN pg_stats s ON s.schemaname = h.nspname AND s.tablename = o.relname AND s.attname = coalesce(b.attname, a.attname) AND a.attlen = -1
                WHERE a.attrelid = i.indexrelid
              ) k
            ) x
            ORDER BY t.bytes DESC, 1
            """,
            reader => (new TableOverview(
                reader.GetString(0), reader.GetInt64(1), reader.GetInt64(2), reader.GetInt64(3), reader.IsDBNull(4) ? null : reader.GetFieldValue<DateTimeOffset>(4), reader.GetInt64(5), reader.GetInt64(6)),
                reader.GetInt64(7)),
            cancellationToken);
        return (rows.Count > 0 ? rows[0].Database : 0, [.. rows.Select(row => row.Table)]);
    }

    /// <returns>The schema of <c>pg_stat_statements</c>, quoted; <see langword="null"/> when the extension is not in this database.</returns>
    public static async Task<string?> FindStatementsAsync(NpgsqlConnection connection, CancellationToken cancellationToken) => (await AskAsync(
        connection,
        "SELECT quote_ident(n.nspname) FROM pg_extension e JOIN pg_namespace n ON n.oid = e.extnamespace WHERE e.extname = 'pg_stat_statements'",
        reader => reader.GetString(0),
        cancellationToken)).SingleOrDefault();

    /// <summary>The statements that took most time, whoever ran them.</summary>
    /// <param name="connection">The connection.</param>
    /// <param name="schema">Where <c>pg_stat_statements</c> is, quoted.</param>
    /// <param name="cancellationToken">The token to cancel the question.</param>
    public static Task<IReadOnlyList<StatementOverview>> ReadStatementsAsync(NpgsqlConnection connection, string schema, CancellationToken cancellationToken) => AskAsync(
        connection,
        $"""
        SELECT min(query), sum(calls)::int8, sum(total_exec_time)::float8
        FROM {schema}.pg_stat_statements
        WHERE dbid = (SELECT oid FROM pg_database WHERE datname = current_database()) AND queryid IS NOT NULL AND query IS NOT NULL AND calls > 0
        GROUP BY queryid ORDER BY 3 DESC LIMIT {MaxStatements}
        """,
        reader => new StatementOverview(
            StatementText.Show(reader.GetString(0)), reader.GetInt64(1), TimeSpan.FromMilliseconds(reader.GetDouble(2) / reader.GetInt64(1)), TimeSpan.FromMilliseconds(reader.GetDouble(2))),
        cancellationToken);

    private static async Task<IReadOnlyList<TRow>> AskAsync<TRow>(NpgsqlConnection connection, string question, Func<NpgsqlDataReader, TRow> read, CancellationToken cancellationToken)
    {
        await using NpgsqlTransaction transaction = await connection.BeginTransactionAsync(cancellationToken);
        await using var batch = new NpgsqlBatch(connection, transaction);
        foreach (string command in (string[])[.. _limits, question]) batch.BatchCommands.Add(new NpgsqlBatchCommand(command));
        var rows = new List<TRow>();
        await using (NpgsqlDataReader reader = await batch.ExecuteReaderAsync(cancellationToken))
        {
            while (await reader.ReadAsync(cancellationToken)) rows.Add(read(reader));
        }

        await transaction.CommitAsync(cancellationToken);
        return rows;
    }
}

/// <summary>What the database counts since its statistics began, and what the account may see.</summary>
/// <param name="Deadlocks">Deadlocks.</param>
/// <param name="BlocksHit">Blocks that were in memory when they were read.</param>
/// <param name="BlocksRead">Blocks that were not.</param>
/// <param name="Account">The account, quoted.</param>
/// <param name="SeesOthers">Whether it may see what the sessions of other accounts do.</param>
internal readonly record struct DatabaseCounts(long Deadlocks, long BlocksHit, long BlocksRead, string Account, bool SeesOthers);
