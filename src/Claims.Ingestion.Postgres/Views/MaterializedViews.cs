using Claims.Ingestion.Governing;
using Claims.Ingestion.Postgres.DataSources;
using Claims.Ingestion.Postgres.Writing;
using Claims.Ingestion.Views;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using Npgsql;

namespace Claims.Ingestion.Postgres.Views;

/// <summary>The materialized views that this host refreshes: the reports that are kept so, and those of the settings.</summary>
internal sealed class MaterializedViews(
    [FromKeyedServices(DataSourceRole.Report)] RoleDataSource dataSource, IOptions<PostgresOptions> options, BusySignal busy, Governed governed, ViewMetrics metrics, TimeProvider time, ILogger<MaterializedViews> logger)
{
    /// <summary>The names of the views, as the settings say.</summary>
    public IReadOnlyList<string> Names { get; } =
    [
        .. ReportViews.Names.Where(n => options.Value.Views.ModeOf(n) == ReportMode.Materialized),
        .. options.Value.Views.Items.Keys.Where(n => !ReportViews.Names.Contains(n)).Order(StringComparer.Ordinal),
    ];

    /// <summary>Reads the views from the catalog, those first that others read.</summary>
    public async Task<IReadOnlyList<MaterializedView>> ReadAsync(CancellationToken cancellationToken)
    {
        await using NpgsqlConnection connection = await dataSource.OpenPrimaryAsync(cancellationToken);
        var views = new List<MaterializedView>();
        foreach (string name in Names)
        {
            IList<string> sources = options.Value.Views.Items.TryGetValue(name, out ViewItemOptions? item) ? item.Sources : [];
            if (await MaterializedView.ReadAsync(connection, name, sources, cancellationToken) is not { } view)
            {
                logger.RefreshFailed(name, "there is no such materialized view; name it with its schema, or remove it from Claims:Postgres:Views:Items");
                continue;
            }

            views.Add(view);
            await DeclareAsync(connection, view, cancellationToken);
            if (view.Fault is { } fault) logger.RefreshFailed(name, fault);
        }

        // Who reads another reads all that the other reads, and the other besides.
        return [.. views.OrderBy(v => v.Beneath.Count)];
    }

    /// <summary>Reads the state of a view.</summary>
    public async Task<ViewState?> GetStateAsync(MaterializedView view, CancellationToken cancellationToken)
    {
        await using NpgsqlConnection connection = await dataSource.OpenPrimaryAsync(cancellationToken);
        return (await ReadStateAsync(connection, view, "", cancellationToken))?.View;
    }

    /// <summary>Asks for a decision on a view and carries it out; only one host at a time does so for a view.</summary>
    public async Task ConsiderAsync(MaterializedView view, IReadOnlyList<MaterializedView> all, Func<ViewState, RefreshDecision> decide, bool waitForOthers, CancellationToken cancellationToken)
    {
        await using NpgsqlConnection connection = await dataSource.OpenPrimaryAsync(cancellationToken);
        State? state = null;
        string reason = "";
        bool isRefreshed = false;
        try
        {
            await using (NpgsqlTransaction transaction = await connection.BeginTransactionAsync(cancellationToken))
            {
                state = await ReadStateAsync(connection, view, waitForOthers ? "FOR UPDATE" : "FOR UPDATE SKIP LOCKED", cancellationToken);
                if (state is null) return;
                RefreshDecision decision = decide(state.View);
                reason = decision.Reason;
                isRefreshed = decision.IsRefresh;
                if (!isRefreshed) await SkipAsync(connection, view, state, decision, cancellationToken);
                else if (view.Fault is { } fault) throw new InvalidOperationException(fault);
                else await governed.WorkAsync(() => RefreshAsync(connection, view, state, all, reason, cancellationToken));
                await transaction.CommitAsync(cancellationToken);
            }

            if (!isRefreshed) return;
            await connection.ExecuteAsync(ViewChanges.Forget, cancellationToken);
            await VacuumAsync(connection, view, cancellationToken);
        }
        catch (Exception exception) when (exception is PostgresException or InvalidOperationException)
        {
            string failure = exception is PostgresException refusal ? StoreErrors.Describe(refusal).Message : exception.Message;
            logger.RefreshFailed(view.Name, failure);
            metrics.Decided(view.Name, "failed");
            if (state is not null) await RecordAsync(view.Name, "failed", $"{reason}; {failure}", state.View.ChangedRows, cancellationToken);
            throw;
        }
    }

    /// <summary>Shows a report from its materialized view, where it is shown from the summary still.</summary>
    public Task SwitchAsync(MaterializedView view, CancellationToken cancellationToken) => ReportSwitch.TryAsync(
        dataSource, view.Name, ReportMode.Materialized, "the settings keep it as a materialized view, which is filled now", logger, cancellationToken);

    private static async Task DeclareAsync(NpgsqlConnection connection, MaterializedView view, CancellationToken cancellationToken)
    {
        // Nothing is written that stands there already: a row is locked while its view is refreshed.
        await using var command = new NpgsqlCommand(
            """
            INSERT INTO claims.view_state (view_name, relation, reads_claims, reads_remittances)
            SELECT $1, $2, $3, $4
            WHERE NOT EXISTS (SELECT FROM claims.view_state WHERE (view_name, relation, reads_claims, reads_remittances) = ($1, $2, $3, $4))
            ON CONFLICT (view_name) DO UPDATE SET relation = excluded.relation, reads_claims = excluded.reads_claims, reads_remittances = excluded.reads_remittances
            """,
            connection);
        command.Parameters.Add(new NpgsqlParameter<string> { TypedValue = view.Name });
        command.Parameters.Add(new NpgsqlParameter<string> { TypedValue = view.Relation });
        command.Parameters.Add(new NpgsqlParameter<bool> { TypedValue = view.ReadsClaims });
        command.Parameters.Add(new NpgsqlParameter<bool> { TypedValue = view.ReadsRemittances });
        await command.ExecuteNonQueryAsync(cancellationToken);
    }

    private async Task<State?> ReadStateAsync(NpgsqlConnection connection, MaterializedView view, string locking, CancellationToken cancellationToken)
    {
        // What others change is counted by the server: every change of foreign tables, and of our own, to which rows are only added, updates and deletions. It counts from zero again after a
        // crash, and so does a replica that is promoted: then nobody knows what changed before.
        await using var command = new NpgsqlCommand(
            $"""
            SELECT coalesce(c.rows, 0) + coalesce(CASE WHEN s.is_known THEN CASE WHEN f.changes < s.foreign_changes THEN greatest(f.changes, 1) ELSE f.changes - s.foreign_changes END END, 0), CASE WHEN s.is_known THEN clock_timestamp() - s.refreshed_at END,
                   clock_timestamp() - c.first_at, s.duration, s.row_count, o.since, s.is_known AND (s.refreshed_at)::date < current_date, coalesce(f.changes, 0), m.relispopulated,
                   pg_current_snapshot()::text, (SELECT x.n_tup_ins + x.n_tup_upd + x.n_tup_del FROM pg_stat_xact_all_tables x WHERE x.relid = m.oid)
            FROM (
              SELECT s.*, coalesce({ViewChanges.IsKnown}, false) AS is_known FROM claims.view_state s WHERE view_name = $1 {locking}
            ) s
            JOIN pg_class m ON m.oid = to_regclass($2)
            LEFT JOIN LATERAL (
              SELECT sum(CASE WHEN v.file_ids IS NULL THEN v.rows ELSE CASE WHEN $3 THEN v.rows - v.remittance_rows ELSE 0 END + CASE WHEN $4 THEN v.remittance_rows ELSE 0 END END)::bigint AS rows,
                     min(at) AS first_at
              FROM claims.view_change v
              WHERE (NOT s.is_known OR NOT pg_visible_in_snapshot(v.xid, s.snapshot))
                AND ((v.file_ids IS NULL AND ($3 OR $4)) OR ($3 AND v.rows > v.remittance_rows) OR ($4 AND v.remittance_rows > 0))
            ) c ON true
            LEFT JOIN LATERAL (SELECT clock_timestamp() - max(refreshed_at) AS since FROM claims.view_state WHERE view_name <> $1) o ON true
            LEFT JOIN LATERAL (
              SELECT sum(CASE WHEN o.relid IS NULL THEN 0 ELSE t.n_tup_ins END + t.n_tup_upd + t.n_tup_del)::bigint AS changes
              FROM pg_stat_all_tables t
              LEFT JOIN (SELECT p.relid::oid FROM unnest($5) x (id), pg_partition_tree(x.id::oid::regclass) p UNION SELECT x.id::oid FROM unnest($5) x (id)) o ON o.relid = t.relid
              WHERE o.relid IS NOT NULL OR (($3 OR $4) AND t.schemaname = 'claims' AND t.relname IN (SELECT partition FROM claims.month_partition))
            ) f ON true
            """,
            connection);
        command.Parameters.Add(new NpgsqlParameter<string> { TypedValue = view.Name });
        command.Parameters.Add(new NpgsqlParameter<string> { TypedValue = view.Relation });
        command.Parameters.Add(new NpgsqlParameter<bool> { TypedValue = view.ReadsClaims });
        command.Parameters.Add(new NpgsqlParameter<bool> { TypedValue = view.ReadsRemittances });
        command.Parameters.Add(new NpgsqlParameter<long[]> { TypedValue = [.. view.Foreign] });
        await using NpgsqlDataReader reader = await command.ExecuteReaderAsync(cancellationToken);
        if (!await reader.ReadAsync(cancellationToken)) return null;
        bool isPopulated = reader.GetBoolean(8);
        return new State(
            new ViewState
            {
                Name = view.Name,
                Now = time.GetUtcNow(),
                ChangedRows = reader.GetInt64(0),
                SinceRefresh = isPopulated ? Span(reader, 1) : null,
                SinceFirstChange = Span(reader, 2),
                LastDuration = Span(reader, 3),
                TotalRows = await reader.IsDBNullAsync(4, cancellationToken) ? null : reader.GetInt64(4),
                SinceOtherRefresh = Span(reader, 5),
                HasDayTurned = view.DependsOnDay && reader.GetBoolean(6),
                Busy = busy.Reason,
            },
            reader.GetInt64(7),
            reader.GetString(9),
            reader.GetInt64(10),
            isPopulated);
    }

    private static TimeSpan? Span(NpgsqlDataReader reader, int column) => reader.IsDBNull(column) ? null : reader.GetTimeSpan(column);

    /// <summary>
    /// The snapshot is taken before the refresh, so a change that commits in between is counted as not shown: refreshed once too often, never missed. What the view reads from another
    /// materialized view, or from the summary, is as old as that.
    /// </summary>
    private async Task RefreshAsync(NpgsqlConnection connection, MaterializedView view, State state, IReadOnlyList<MaterializedView> all, string reason, CancellationToken cancellationToken)
    {
        foreach (MaterializedView beneath in all.Where(v => view.Beneath.Contains(v.Relation)))
        {
            await ConsiderAsync(
                beneath, all, b => b.ChangedRows > 0 || b.SinceRefresh is null ? new(RefreshVerdict.Require, $"{view.Name}, which reads it, is refreshed") : new(RefreshVerdict.Skip, "nothing changed since its last refresh"),
                waitForOthers: true, cancellationToken);
        }

        long start = time.GetTimestamp();
        await using (var batch = new NpgsqlBatch(connection)
        {
            BatchCommands =
            {
                new NpgsqlBatchCommand(
                    """
                    UPDATE claims.view_state SET refreshed_at = clock_timestamp(), foreign_changes = $2, snapshot = coalesce(
                      (SELECT o.snapshot FROM (
                         SELECT snapshot FROM claims.view_state WHERE relation = ANY($3)
                         UNION ALL SELECT snapshot FROM claims.summary_state WHERE $4 AND summary_name = 'claim_summary') o
                       WHERE o.snapshot IS NOT NULL
                       ORDER BY pg_snapshot_xmin(o.snapshot), pg_snapshot_xmax(o.snapshot), (SELECT count(*) FROM pg_snapshot_xip(o.snapshot)) DESC LIMIT 1),
                      pg_current_snapshot())
                    WHERE view_name = $1
                    """)
                {
                    Parameters =
                    {
                        new NpgsqlParameter<string> { TypedValue = view.Name },
                        new NpgsqlParameter<long> { TypedValue = state.ForeignChanges },
                        new NpgsqlParameter<string[]> { TypedValue = [.. view.Beneath] },
                        new NpgsqlParameter<bool> { TypedValue = view.ReadsSummary },
                    },
                },

                // A recomputation reads everything once. Right after a large load the planner has no statistics yet and would
                // nest loops over the views beneath.
                new NpgsqlBatchCommand("SET LOCAL enable_nestloop = off"),

                // A plan over all months has many nodes, and compiling each costs more than it saves.
                new NpgsqlBatchCommand("SET LOCAL jit = off"),

                // A view that holds nothing yet cannot be read, so nobody waits for this.
                new NpgsqlBatchCommand($"REFRESH MATERIALIZED VIEW {(state.IsPopulated ? "CONCURRENTLY " : "")}{view.Relation}"),
            },
        })
        {
            await batch.ExecuteNonQueryAsync(cancellationToken);
        }

        TimeSpan took = time.GetElapsedTime(start);
        await RecordRefreshAsync(connection, view, state, reason, took, cancellationToken);
        metrics.Refreshed(view.Name, took);
        logger.ViewRefreshed(view.Name, took.TotalMilliseconds, reason);
    }

    private static async Task RecordRefreshAsync(NpgsqlConnection connection, MaterializedView view, State state, string reason, TimeSpan took, CancellationToken cancellationToken)
    {
        await using var batch = new NpgsqlBatch(connection)
        {
            BatchCommands =
            {
                new NpgsqlBatchCommand(
                    $"""
                    UPDATE claims.view_state SET duration = $2, version = version + 1, row_count = n.rows, bytes = n.bytes,
                      least_bytes_per_row = least(least_bytes_per_row, n.bytes / greatest(n.rows, 1000))
                    FROM (SELECT count(*) AS rows, pg_total_relation_size('{view.Relation.Replace("'", "''", StringComparison.Ordinal)}') AS bytes FROM {view.Relation}) n
                    WHERE view_name = $1
                    """)
                {
                    Parameters = { new NpgsqlParameter<string> { TypedValue = view.Name }, new NpgsqlParameter<TimeSpan> { TypedValue = took } },
                },
                new NpgsqlBatchCommand(
                    """
                    INSERT INTO claims.view_decision (view_name, decision, reason, changed_rows, duration, decided_at, bytes, rows_written)
                    SELECT $1, 'refreshed', $2, $3, $4, clock_timestamp(), s.bytes,
                           CASE WHEN $5 THEN (SELECT n_tup_ins + n_tup_upd + n_tup_del - $6 FROM pg_stat_xact_all_tables WHERE relid = to_regclass(s.relation)) ELSE s.row_count END
                    FROM claims.view_state s WHERE s.view_name = $1
                    """)
                {
                    Parameters =
                    {
                        new NpgsqlParameter<string> { TypedValue = view.Name },
                        new NpgsqlParameter<string> { TypedValue = reason },
                        new NpgsqlParameter<long> { TypedValue = state.View.ChangedRows },
                        new NpgsqlParameter<TimeSpan> { TypedValue = took },
                        new NpgsqlParameter<bool> { TypedValue = state.IsPopulated },
                        new NpgsqlParameter<long> { TypedValue = state.WrittenBefore },
                    },
                },
                new NpgsqlBatchCommand("DELETE FROM claims.view_decision WHERE view_name = $1 AND id <= (SELECT id FROM claims.view_decision WHERE view_name = $1 ORDER BY id DESC OFFSET 1000 LIMIT 1)")
                {
                    Parameters = { new NpgsqlParameter<string> { TypedValue = view.Name } },
                },
            },
        };
        await batch.ExecuteNonQueryAsync(cancellationToken);
    }

    private async Task SkipAsync(NpgsqlConnection connection, MaterializedView view, State state, RefreshDecision decision, CancellationToken cancellationToken)
    {
        string kind = decision.Verdict == RefreshVerdict.Defer ? "deferred" : "skipped";
        string reason = decision.Until is { } until ? FormattableString.Invariant($"{decision.Reason}; until {until.UtcDateTime:yyyy-MM-dd HH:mm:ss} UTC") : decision.Reason;
        logger.ViewSkipped(view.Name, kind, reason);
        metrics.Decided(view.Name, kind);
        await using var command = new NpgsqlCommand(
            """
            WITH last AS (
              SELECT id, decision FROM claims.view_decision WHERE view_name = $1 ORDER BY id DESC LIMIT 1
            ), repeated AS (
              UPDATE claims.view_decision d SET reason = $2, changed_rows = $3, times = d.times + 1, decided_at = now()
              FROM last WHERE d.id = last.id AND last.decision = $4
              RETURNING d.id
            )
            INSERT INTO claims.view_decision (view_name, decision, reason, changed_rows)
            SELECT $1, $4, $2, $3 WHERE NOT EXISTS (SELECT FROM repeated)
            """,
            connection);
        command.Parameters.Add(new NpgsqlParameter<string> { TypedValue = view.Name });
        command.Parameters.Add(new NpgsqlParameter<string> { TypedValue = reason });
        command.Parameters.Add(new NpgsqlParameter<long> { TypedValue = state.View.ChangedRows });
        command.Parameters.Add(new NpgsqlParameter<string> { TypedValue = kind });
        await command.ExecuteNonQueryAsync(cancellationToken);
        if (state.View is { ChangedRows: 0, SinceRefresh: not null } && !(view.ReadsClaims && view.ReadsRemittances)) await PassOverAsync(connection, view, state, cancellationToken);
    }

    /// <summary>What changed is nothing that the view reads: it shows all of it, so that whoever reads it, and claims of the other kind, does not wait for it.</summary>
    private static async Task PassOverAsync(NpgsqlConnection connection, MaterializedView view, State state, CancellationToken cancellationToken)
    {
        await using var command = new NpgsqlCommand("UPDATE claims.view_state SET snapshot = $2::text::pg_snapshot WHERE view_name = $1 AND snapshot::text <> $2", connection);
        command.Parameters.Add(new NpgsqlParameter<string> { TypedValue = view.Name });
        command.Parameters.Add(new NpgsqlParameter<string> { TypedValue = state.Snapshot });
        await command.ExecuteNonQueryAsync(cancellationToken);
    }

    private async Task RecordAsync(string view, string decision, string reason, long changedRows, CancellationToken cancellationToken)
    {
        await using NpgsqlConnection connection = await dataSource.OpenPrimaryAsync(cancellationToken);
        await using var command = new NpgsqlCommand("INSERT INTO claims.view_decision (view_name, decision, reason, changed_rows) VALUES ($1, $2, $3, $4)", connection);
        command.Parameters.Add(new NpgsqlParameter<string> { TypedValue = view });
        command.Parameters.Add(new NpgsqlParameter<string> { TypedValue = decision });
        command.Parameters.Add(new NpgsqlParameter<string> { TypedValue = reason });
        command.Parameters.Add(new NpgsqlParameter<long> { TypedValue = changedRows });
        await command.ExecuteNonQueryAsync(cancellationToken);
    }

    /// <summary>A concurrent refresh leaves what it replaced behind, like any update. Where autovacuum does not come by often enough it is cleared here; what it has grown by is only given back by a refresh that blocks readers.</summary>
    private async Task VacuumAsync(NpgsqlConnection connection, MaterializedView view, CancellationToken cancellationToken)
    {
        await using var measure = new NpgsqlCommand(
            """
            SELECT t.n_dead_tup > 1000 AND t.n_dead_tup > 0.2 * t.n_live_tup, s.bytes > 3 * s.least_bytes_per_row * greatest(s.row_count, 1000), s.bytes
            FROM claims.view_state s JOIN pg_stat_all_tables t ON t.relid = to_regclass(s.relation) WHERE s.view_name = $1
            """,
            connection);
        measure.Parameters.Add(new NpgsqlParameter<string> { TypedValue = view.Name });
        bool isDue, isBloated;
        long bytes;
        await using (NpgsqlDataReader reader = await measure.ExecuteReaderAsync(cancellationToken))
        {
            if (!await reader.ReadAsync(cancellationToken)) return;
            (isDue, isBloated, bytes) = (reader.GetBoolean(0), reader.GetBoolean(1), reader.GetInt64(2));
        }

        if (isBloated) logger.ViewBloated(view.Name, bytes / (1024 * 1024), view.Relation);
        if (isDue) await connection.ExecuteAsync($"VACUUM {view.Relation}", cancellationToken);
    }

    /// <summary>The state of a view, with what the refresh itself needs of it.</summary>
    /// <param name="View">What a policy sees.</param>
    /// <param name="ForeignChanges">What the server has counted of changes by others.</param>
    /// <param name="Snapshot">The snapshot in which this was read.</param>
    /// <param name="WrittenBefore">The rows of the view that the session wrote before and that the server has not added to its counts yet.</param>
    /// <param name="IsPopulated">Whether the view can be read.</param>
    private sealed record State(ViewState View, long ForeignChanges, string Snapshot, long WrittenBefore, bool IsPopulated);
}
