using Claims.Ingestion.Postgres.DataSources;
using Claims.Ingestion.Postgres.Writing;
using Claims.Ingestion.Views;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Npgsql;

namespace Claims.Ingestion.Postgres.Views;

/// <summary>The report views: their state, and refreshing them. Resolve it from the services.</summary>
public sealed class ReportViews
{
    private readonly RoleDataSource _dataSource;
    private readonly ILogger<ReportViews> _logger;
    private readonly TimeProvider _time;

    internal ReportViews([FromKeyedServices(DataSourceRole.Report)] RoleDataSource dataSource, TimeProvider time, ILogger<ReportViews> logger)
    {
        _dataSource = dataSource;
        _time = time;
        _logger = logger;
    }

    /// <summary>The names of the report views, in the order in which they are refreshed.</summary>
    public static IReadOnlyList<string> Names { get; } = ["mv_balance_amount_summary", "mv_remittance_advice_summary", "mv_claim_summary_payerwise"];

    /// <summary>Refreshes every view now, one after the other, without blocking its readers.</summary>
    /// <param name="reason">Why, for the history.</param>
    /// <param name="cancellationToken">The token to cancel the refreshing.</param>
    /// <returns>A task that ends when all views are refreshed.</returns>
    /// <exception cref="NpgsqlException">A view could not be refreshed; the history says why.</exception>
    public async Task RefreshAllAsync(string reason, CancellationToken cancellationToken)
    {
        foreach (string view in Names) await ConsiderAsync(view, _ => new RefreshDecision(true, reason), waitForOthers: true, cancellationToken);
    }

    /// <summary>Reads the state of every view.</summary>
    /// <param name="cancellationToken">The token to cancel the reading.</param>
    /// <returns>The states, in the order of <see cref="Names"/>.</returns>
    public async Task<IReadOnlyList<ViewState>> GetStatesAsync(CancellationToken cancellationToken)
    {
        await using NpgsqlConnection connection = await _dataSource.OpenPrimaryAsync(cancellationToken);
        var states = new List<ViewState>();
        foreach (string view in Names)
            states.Add(await ReadStateAsync(connection, view, "", cancellationToken) ?? throw new InvalidOperationException($"claims.view_state has no row for {view}."));
        return states;
    }

    /// <summary>Asks for a decision on a view and carries it out; only one host at a time does so for a view.</summary>
    internal async Task ConsiderAsync(string view, Func<ViewState, RefreshDecision> decide, bool waitForOthers, CancellationToken cancellationToken)
    {
        await using NpgsqlConnection connection = await _dataSource.OpenPrimaryAsync(cancellationToken);
        ViewState? state = null;
        string reason = "";
        try
        {
            await using NpgsqlTransaction transaction = await connection.BeginTransactionAsync(cancellationToken);
            state = await ReadStateAsync(connection, view, waitForOthers ? "FOR UPDATE" : "FOR UPDATE SKIP LOCKED", cancellationToken);
            if (state is null) return;
            (bool isRefresh, reason) = decide(state);
            if (!isRefresh)
            {
                _logger.ViewSkipped(view, reason);
                await RecordSkipAsync(connection, state, reason, cancellationToken);
            }
            else
            {
                long start = _time.GetTimestamp();
                await RefreshAsync(connection, view, cancellationToken);
                TimeSpan took = _time.GetElapsedTime(start);
                await RecordRefreshAsync(connection, state, reason, took, cancellationToken);
                _logger.ViewRefreshed(view, took.TotalMilliseconds, reason);
            }

            await transaction.CommitAsync(cancellationToken);
        }
        catch (PostgresException exception)
        {
            string failure = StoreErrors.Describe(exception).Message;
            _logger.RefreshFailed(view, failure);
            if (state is not null) await RecordFailureAsync(state, $"{reason}; {failure}", cancellationToken);
            throw;
        }
    }

    private static async Task<ViewState?> ReadStateAsync(NpgsqlConnection connection, string view, string locking, CancellationToken cancellationToken)
    {
        // A snapshot from beyond the server's present comes from a restored dump: such a view counts as never refreshed.
        await using var command = new NpgsqlCommand(
            $"""
            SELECT coalesce(c.rows, 0), clock_timestamp() - s.refreshed_at, clock_timestamp() - c.first_at, s.duration
            FROM (
              SELECT CASE WHEN pg_snapshot_xmax(snapshot) <= pg_snapshot_xmax(pg_current_snapshot()) THEN refreshed_at END AS refreshed_at, duration,
                     CASE WHEN pg_snapshot_xmax(snapshot) <= pg_snapshot_xmax(pg_current_snapshot()) THEN snapshot END AS snapshot
              FROM claims.view_state WHERE view_name = $1 {locking}
            ) s
            LEFT JOIN LATERAL (
              SELECT sum(rows)::bigint AS rows, min(at) AS first_at
              FROM claims.view_change
              WHERE s.snapshot IS NULL OR NOT pg_visible_in_snapshot(xid, s.snapshot)
            ) c ON true
            """,
            connection);
        command.Parameters.Add(new NpgsqlParameter<string> { TypedValue = view });
        await using NpgsqlDataReader reader = await command.ExecuteReaderAsync(cancellationToken);
        return await reader.ReadAsync(cancellationToken)
            ? new ViewState(view, reader.GetInt64(0), Span(reader, 1), Span(reader, 2), Span(reader, 3))
            : null;
    }

    private static TimeSpan? Span(NpgsqlDataReader reader, int column) => reader.IsDBNull(column) ? null : reader.GetTimeSpan(column);

    /// <summary>The snapshot is taken before the refresh, so a change that commits in between is counted as not shown: refreshed once too often, never missed.</summary>
    private static async Task RefreshAsync(NpgsqlConnection connection, string view, CancellationToken cancellationToken)
    {
        await using var batch = new NpgsqlBatch(connection)
        {
            BatchCommands =
            {
                new NpgsqlBatchCommand("UPDATE claims.view_state SET snapshot = pg_current_snapshot(), refreshed_at = clock_timestamp() WHERE view_name = $1")
                {
                    Parameters = { new NpgsqlParameter<string> { TypedValue = view } },
                },

                // A recomputation reads everything once. Right after a large load the planner has no statistics yet and would
                // nest loops over the views beneath.
                new NpgsqlBatchCommand("SET LOCAL enable_nestloop = off"),

                // A plan over all months has many nodes, and compiling each costs more than it saves.
                new NpgsqlBatchCommand("SET LOCAL jit = off"),
                new NpgsqlBatchCommand($"REFRESH MATERIALIZED VIEW CONCURRENTLY claims.{view.Replace("mv_", "materialized_", StringComparison.Ordinal)}"),
            },
        };
        await batch.ExecuteNonQueryAsync(cancellationToken);
    }

    private static async Task RecordRefreshAsync(NpgsqlConnection connection, ViewState state, string reason, TimeSpan took, CancellationToken cancellationToken)
    {
        await using var batch = new NpgsqlBatch(connection)
        {
            BatchCommands =
            {
                new NpgsqlBatchCommand("UPDATE claims.view_state SET duration = $2 WHERE view_name = $1")
                {
                    Parameters = { new NpgsqlParameter<string> { TypedValue = state.Name }, new NpgsqlParameter<TimeSpan> { TypedValue = took } },
                },
                new NpgsqlBatchCommand("INSERT INTO claims.view_decision (view_name, decision, reason, changed_rows, duration, decided_at) VALUES ($1, 'refreshed', $2, $3, $4, clock_timestamp())")
                {
                    Parameters =
                    {
                        new NpgsqlParameter<string> { TypedValue = state.Name },
                        new NpgsqlParameter<string> { TypedValue = reason },
                        new NpgsqlParameter<long> { TypedValue = state.ChangedRows },
                        new NpgsqlParameter<TimeSpan> { TypedValue = took },
                    },
                },

                // Changes that every view shows are needed no more, nor is a long history.
                new NpgsqlBatchCommand("DELETE FROM claims.view_change c WHERE NOT EXISTS (SELECT FROM claims.view_state s WHERE s.snapshot IS NULL OR NOT pg_visible_in_snapshot(c.xid, s.snapshot))"),
                new NpgsqlBatchCommand("DELETE FROM claims.view_decision WHERE view_name = $1 AND id <= (SELECT id FROM claims.view_decision WHERE view_name = $1 ORDER BY id DESC OFFSET 1000 LIMIT 1)")
                {
                    Parameters = { new NpgsqlParameter<string> { TypedValue = state.Name } },
                },
            },
        };
        await batch.ExecuteNonQueryAsync(cancellationToken);
    }

    private static async Task RecordSkipAsync(NpgsqlConnection connection, ViewState state, string reason, CancellationToken cancellationToken)
    {
        await using var command = new NpgsqlCommand(
            """
            WITH last AS (
              SELECT id, decision FROM claims.view_decision WHERE view_name = $1 ORDER BY id DESC LIMIT 1
            ), repeated AS (
              UPDATE claims.view_decision d SET reason = $2, changed_rows = $3, times = d.times + 1, decided_at = now()
              FROM last WHERE d.id = last.id AND last.decision = 'skipped'
              RETURNING d.id
            )
            INSERT INTO claims.view_decision (view_name, decision, reason, changed_rows)
            SELECT $1, 'skipped', $2, $3 WHERE NOT EXISTS (SELECT FROM repeated)
            """,
            connection);
        command.Parameters.Add(new NpgsqlParameter<string> { TypedValue = state.Name });
        command.Parameters.Add(new NpgsqlParameter<string> { TypedValue = reason });
        command.Parameters.Add(new NpgsqlParameter<long> { TypedValue = state.ChangedRows });
        await command.ExecuteNonQueryAsync(cancellationToken);
    }

    private async Task RecordFailureAsync(ViewState state, string reason, CancellationToken cancellationToken)
    {
        await using NpgsqlConnection connection = await _dataSource.OpenPrimaryAsync(cancellationToken);
        await using var command = new NpgsqlCommand(
            "INSERT INTO claims.view_decision (view_name, decision, reason, changed_rows) VALUES ($1, 'failed', $2, $3)",
            connection);
        command.Parameters.Add(new NpgsqlParameter<string> { TypedValue = state.Name });
        command.Parameters.Add(new NpgsqlParameter<string> { TypedValue = reason });
        command.Parameters.Add(new NpgsqlParameter<long> { TypedValue = state.ChangedRows });
        await command.ExecuteNonQueryAsync(cancellationToken);
    }
}
