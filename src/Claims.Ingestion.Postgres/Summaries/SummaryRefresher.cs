using System.Data;
using Claims.Ingestion.Governing;
using Claims.Ingestion.Postgres.DataSources;
using Claims.Ingestion.Postgres.Views;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Options;
using Npgsql;
using NpgsqlTypes;

namespace Claims.Ingestion.Postgres.Summaries;

/// <summary>
/// Brings a summary up to date, a transaction at a time: first the claims that changed, then, when none waits, some keys of the pass over all of them, which fills the summary the first time and audits it
/// ever after. One host at a time does so for a summary, and its transaction sees one state of the database: the summary shows exactly that.
/// </summary>
internal sealed class SummaryRefresher([FromKeyedServices(DataSourceRole.Report)] RoleDataSource dataSource, IOptions<PostgresOptions> options, Governed governed)
{
    private const int MinSlice = 50;
    private const int MaxSlice = 2000;

    private const string Waiting =
        "SELECT c.xid::text::bigint AS xid, c.at, c.rows, c.file_ids FROM claims.view_change c WHERE $1 IS NULL OR NOT pg_visible_in_snapshot(c.xid, $1::text::pg_snapshot)";

    private SummaryOptions Options => options.Value.Views.Summaries;

    /// <summary>Takes one step.</summary>
    /// <param name="definition">The summary.</param>
    /// <param name="sql">Its statements.</param>
    /// <param name="isUrgent">Whether a pass that has to compute all keys goes on although it has had its share of the time.</param>
    /// <param name="mostClaims">How many changed claims it takes; a file is not divided.</param>
    /// <param name="cancellationToken">The token to cancel the step.</param>
    /// <returns>What was done; <see langword="null"/> when there was nothing to do, or another host is at it.</returns>
    public async Task<SummaryStep?> StepAsync(SummaryDefinition definition, SummarySql sql, bool isUrgent, int mostClaims, CancellationToken cancellationToken)
    {
        await using NpgsqlConnection connection = await dataSource.OpenPrimaryAsync(cancellationToken);
        if (!isUrgent && !await IsDueAsync(connection, definition.Name, cancellationToken)) return null;
        SummaryStep? step;
        try
        {
            step = await StepAsync(connection, definition.Name, sql, isUrgent, mostClaims, cancellationToken);
        }
        catch (PostgresException exception) when (exception.SqlState == PostgresErrorCodes.SerializationFailure)
        {
            return null;
        }

        if (step?.Claims > 0) await connection.ExecuteAsync(ViewChanges.Forget, cancellationToken);
        return step;
    }

    /// <summary>Whether something waits: changes, keys of a pass that has to compute them all, or all of a summary that has no state yet.</summary>
    public async Task<bool> IsBehindAsync(string name, CancellationToken cancellationToken)
    {
        await using NpgsqlConnection connection = await dataSource.OpenPrimaryAsync(cancellationToken);
        return await AskAsync(connection, "s.is_sweep", name, cancellationToken) is not false;
    }

    private async Task<bool> IsDueAsync(NpgsqlConnection connection, string name, CancellationToken cancellationToken) =>
        await AskAsync(connection, governed.Limits.MayFill ? "s.next_slice_at IS NULL OR s.next_slice_at <= clock_timestamp()" : "s.snapshot IS NULL", name, cancellationToken) is true;

    private static async Task<bool?> AskAsync(NpgsqlConnection connection, string condition, string name, CancellationToken cancellationToken)
    {
        await using var command = new NpgsqlCommand(
            $"""
            SELECT {condition} OR EXISTS (SELECT FROM claims.view_change c WHERE s.snapshot IS NULL OR NOT pg_visible_in_snapshot(c.xid, s.snapshot))
            FROM claims.summary_state s WHERE s.summary_name = $1
            """,
            connection);
        command.Parameters.Add(new NpgsqlParameter<string> { TypedValue = name });
        return await command.ExecuteScalarAsync(cancellationToken) as bool?;
    }

    private async Task<SummaryStep?> StepAsync(NpgsqlConnection connection, string name, SummarySql sql, bool isUrgent, int mostClaims, CancellationToken cancellationToken)
    {
        await using NpgsqlTransaction transaction = await connection.BeginTransactionAsync(IsolationLevel.RepeatableRead, cancellationToken);
        if (await LockAsync(connection, name, cancellationToken) is not { } state) return null;

        // What is looked up is looked up by key, a plan over all months has too many nodes to compile, and a plan must know how many keys there are.
        await connection.ExecuteAsync("SET LOCAL enable_seqscan = off; SET LOCAL jit = off; SET LOCAL plan_cache_mode = force_custom_plan", cancellationToken);
        Changes changes = await ReadChangesAsync(connection, state.Snapshot, mostClaims, cancellationToken);
        (long keys, long rows) = (0, 0);
        if (changes.Files.Length > 0) await governed.WorkAsync(async () => (keys, rows) = await ChangeAsync(connection, sql, changes.Files, state, cancellationToken));
        if (changes.IsUnknown || state.IsLost) await RestartAsync(connection, sql, state, isSweep: true, cancellationToken);

        Slice? slice = null;
        bool wasComplete = state.IsComplete;
        long drifted = 0;
        if (!changes.HasMore && ((state.IsSliceDue && governed.Limits.MayFill) || (isUrgent && !state.IsAudit)))
        {
            // An audit is always at it, and little enough to be part of what users meet in quiet.
            bool isAudit = state.IsAudit;
            if (isAudit) slice = await SliceAsync(connection, sql, state, cancellationToken);
            else await governed.WorkAsync(async () => slice = await SliceAsync(connection, sql, state, cancellationToken));
            long wrong = slice!.Wrong + (slice.IsEnd ? await EndPassAsync(connection, sql, state, cancellationToken) : 0);
            rows += wrong;
            drifted = isAudit ? wrong : 0;
        }

        // What is due has to wait while the users need the database.
        if (changes.Claims == 0 && !changes.IsUnknown && !state.IsLost && slice is null) return null;
        await SaveAsync(connection, name, state, changes, rows, slice, drifted, cancellationToken);
        await transaction.CommitAsync(cancellationToken);
        return new SummaryStep(
            changes.Claims, keys, rows, slice?.Keys ?? 0, drifted, changes.Lag, changes.HasMore, !state.IsAudit, state.IsComplete && !wasComplete);
    }

    /// <summary>How many keys the pass takes at a time: an audit those of the time between two looks, so that it takes as long as it may and never keeps a processor for long.</summary>
    private int SliceSize(State state) =>
        state.IsAudit ? (int)Math.Clamp(Math.Ceiling((state.KeyCount ?? 0) * (Options.Interval / Options.AuditPass)), MinSlice, MaxSlice) : MaxSlice;

    private static async Task<State?> LockAsync(NpgsqlConnection connection, string name, CancellationToken cancellationToken)
    {
        // A snapshot from beyond the server's present comes from a restored dump, and changes are not kept for ever: then nothing is known.
        await using var command = new NpgsqlCommand(
            $"""
            SELECT s.snapshot::text, is_complete, is_sweep, after_key, pass_keys, passes, key_count, coalesce(next_slice_at <= clock_timestamp(), true),
                   NOT coalesce({ViewChanges.IsKnown}, true)
            FROM claims.summary_state s WHERE summary_name = $1 FOR UPDATE SKIP LOCKED
            """,
            connection);
        command.Parameters.Add(new NpgsqlParameter<string> { TypedValue = name });
        await using NpgsqlDataReader reader = await command.ExecuteReaderAsync(cancellationToken);
        if (!await reader.ReadAsync(cancellationToken)) return null;
        bool isLost = reader.GetBoolean(8);
        return new State
        {
            Snapshot = isLost || await reader.IsDBNullAsync(0, cancellationToken) ? null : reader.GetString(0),
            IsComplete = reader.GetBoolean(1),
            IsSweep = reader.GetBoolean(2),
            AfterKey = await reader.IsDBNullAsync(3, cancellationToken) ? null : reader.GetFieldValue<string[]>(3),
            PassKeys = reader.GetInt64(4),
            Passes = reader.GetInt64(5),
            KeyCount = await reader.IsDBNullAsync(6, cancellationToken) ? null : reader.GetInt64(6),
            IsSliceDue = reader.GetBoolean(7),
            IsLost = isLost,
        };
    }

    /// <summary>
    /// Reads the oldest changes that the summary does not show, in whole transactions. Where more wait, what it shows afterwards is described by a snapshot that was never taken: of the transactions up to the
    /// last one that was read. Those that commit later with an earlier number are not in it.
    /// </summary>
    private static async Task<Changes> ReadChangesAsync(NpgsqlConnection connection, string? snapshot, int mostClaims, CancellationToken cancellationToken)
    {
        await using var command = new NpgsqlCommand(
            $"""
            WITH waiting AS MATERIALIZED ({Waiting}),
            summed AS (SELECT xid, at, rows, file_ids, sum(rows) OVER (ORDER BY xid) AS total FROM waiting),
            cut AS (SELECT coalesce(max(xid) FILTER (WHERE total <= $2), min(xid)) AS xid, max(xid) AS last FROM summed),
            taken AS (SELECT s.* FROM summed s, cut WHERE s.xid <= cut.xid)
            SELECT coalesce((SELECT sum(rows) FROM taken), 0)::bigint,
                   (SELECT array_agg(DISTINCT f.id) FROM taken t, unnest(t.file_ids) f (id)),
                   coalesce((SELECT bool_or(file_ids IS NULL) FROM taken), false),
                   clock_timestamp() - (SELECT min(at) FROM taken),
                   coalesce(cut.xid < cut.last, false),
                   CASE WHEN cut.xid < cut.last THEN format(
                     '%s:%s:%s', least(pg_snapshot_xmin(n.snapshot)::text::bigint, cut.xid + 1), cut.xid + 1,
                     (SELECT string_agg(x::text, ',' ORDER BY x) FROM pg_snapshot_xip(n.snapshot) x WHERE x::text::bigint <= cut.xid))
                   ELSE n.snapshot::text END
            FROM cut, pg_current_snapshot() n (snapshot)
            """,
            connection);
        command.Parameters.Add(Nullable(snapshot, NpgsqlDbType.Text));
        command.Parameters.Add(new NpgsqlParameter<long> { TypedValue = mostClaims });
        await using NpgsqlDataReader reader = await command.ExecuteReaderAsync(cancellationToken);
        await reader.ReadAsync(cancellationToken);
        return new Changes(
            reader.GetInt64(0), await reader.IsDBNullAsync(1, cancellationToken) ? [] : reader.GetFieldValue<long[]>(1), reader.GetBoolean(2),
            await reader.IsDBNullAsync(3, cancellationToken) ? null : reader.GetTimeSpan(3), reader.GetBoolean(4), reader.GetString(5));
    }

    private static async Task<(long Keys, long Rows)> ChangeAsync(NpgsqlConnection connection, SummarySql sql, long[] files, State state, CancellationToken cancellationToken)
    {
        await using var command = new NpgsqlCommand(sql.Change, connection);
        command.Parameters.Add(new NpgsqlParameter<long[]> { TypedValue = files });
        command.Parameters.Add(Nullable(state.AfterKey, NpgsqlDbType.Array | NpgsqlDbType.Text));
        (long keys, long rows, _) = await ReadAsync(command, cancellationToken);
        return (keys, rows);
    }

    private async Task<Slice> SliceAsync(NpgsqlConnection connection, SummarySql sql, State state, CancellationToken cancellationToken)
    {
        int size = SliceSize(state);
        await using var command = new NpgsqlCommand(sql.Slice, connection);
        command.Parameters.Add(Nullable(state.AfterKey, NpgsqlDbType.Array | NpgsqlDbType.Text));
        command.Parameters.Add(new NpgsqlParameter<int> { TypedValue = size });
        (long keys, long wrong, string[]? last) = await ReadAsync(command, cancellationToken);
        state.AfterKey = last ?? state.AfterKey;
        state.PassKeys += keys;
        return new Slice(keys, wrong, keys < size);
    }

    private static async Task<(long Keys, long Rows, string[]? Last)> ReadAsync(NpgsqlCommand command, CancellationToken cancellationToken)
    {
        await using NpgsqlDataReader reader = await command.ExecuteReaderAsync(cancellationToken);
        await reader.ReadAsync(cancellationToken);
        return (reader.GetInt64(0), reader.GetInt64(1), await reader.IsDBNullAsync(2, cancellationToken) ? null : reader.GetFieldValue<string[]>(2));
    }

    private static async Task<long> EndPassAsync(NpgsqlConnection connection, SummarySql sql, State state, CancellationToken cancellationToken)
    {
        long wrong = 0;
        foreach (string compare in sql.Compare)
        {
            await using var command = new NpgsqlCommand(compare, connection);
            wrong += (long)(await command.ExecuteScalarAsync(cancellationToken))!;
        }

        state.IsComplete = true;
        state.KeyCount = state.PassKeys;
        state.Passes++;
        await RestartAsync(connection, sql, state, isSweep: false, cancellationToken);
        return wrong;
    }

    private static async Task RestartAsync(NpgsqlConnection connection, SummarySql sql, State state, bool isSweep, CancellationToken cancellationToken)
    {
        if (sql.Restart.Length > 0) await connection.ExecuteAsync(sql.Restart, cancellationToken);
        state.AfterKey = null;
        state.PassKeys = 0;
        state.IsSweep = isSweep;
    }

    private async Task SaveAsync(
        NpgsqlConnection connection, string name, State state, Changes changes, long rows, Slice? slice, long drifted, CancellationToken cancellationToken)
    {
        // The next keys of the pass are due when their share of the time allows it, and after the first pass no sooner than its time asks for.
        double share = state.IsAudit ? Options.AuditShare : Options.BackfillShare;
        TimeSpan pause = slice is null || !state.IsAudit ? TimeSpan.Zero
            : share == 0 ? TimeSpan.FromDays(36_500)
            : state.KeyCount is > 0 and { } count ? Options.AuditPass * Math.Min(1, (double)slice.Keys / count)
            : Options.AuditPass;
        await using var save = new NpgsqlCommand(
            """
            UPDATE claims.summary_state SET snapshot = $2::text::pg_snapshot, version = version + $3, refreshed_at = clock_timestamp(), is_complete = $4, is_sweep = $5, after_key = $6,
              pass_keys = $7, passes = $8, key_count = $9, drifted = drifted + $10, last_drift_at = CASE WHEN $10 > 0 THEN clock_timestamp() ELSE last_drift_at END,
              next_slice_at = CASE WHEN $11 THEN clock_timestamp() + greatest($12, (clock_timestamp() - now()) * $13) ELSE next_slice_at END
            WHERE summary_name = $1
            """,
            connection)
        {
            Parameters =
            {
                new NpgsqlParameter<string> { TypedValue = name },
                new NpgsqlParameter<string> { TypedValue = changes.Snapshot },
                new NpgsqlParameter<int> { TypedValue = rows > 0 ? 1 : 0 },
                new NpgsqlParameter<bool> { TypedValue = state.IsComplete },
                new NpgsqlParameter<bool> { TypedValue = state.IsSweep },
                Nullable(state.AfterKey, NpgsqlDbType.Array | NpgsqlDbType.Text),
                new NpgsqlParameter<long> { TypedValue = state.PassKeys },
                new NpgsqlParameter<long> { TypedValue = state.Passes },
                Nullable(state.KeyCount, NpgsqlDbType.Bigint),
                new NpgsqlParameter<long> { TypedValue = drifted },
                new NpgsqlParameter<bool> { TypedValue = slice is not null },
                new NpgsqlParameter<TimeSpan> { TypedValue = pause },
                new NpgsqlParameter<double> { TypedValue = share == 0 ? 0 : (1 / share) - 1 },
            },
        };
        await save.ExecuteNonQueryAsync(cancellationToken);
    }

    private static NpgsqlParameter Nullable(object? value, NpgsqlDbType type) => new() { Value = value ?? DBNull.Value, NpgsqlDbType = type };

    /// <summary>The changes that a step takes.</summary>
    /// <param name="Claims">How many claims they are.</param>
    /// <param name="Files">The files.</param>
    /// <param name="IsUnknown">Whether some name no files: then every key is computed again.</param>
    /// <param name="Lag">How long the oldest has waited.</param>
    /// <param name="HasMore">Whether more wait.</param>
    /// <param name="Snapshot">What the summary shows afterwards.</param>
    private sealed record Changes(long Claims, long[] Files, bool IsUnknown, TimeSpan? Lag, bool HasMore, string Snapshot);

    /// <summary>The keys of the pass that a step takes.</summary>
    /// <param name="Keys">How many they are.</param>
    /// <param name="Wrong">Rows that differed.</param>
    /// <param name="IsEnd">Whether the pass ends with them.</param>
    private sealed record Slice(long Keys, long Wrong, bool IsEnd);

    /// <summary>A row of <c>claims.summary_state</c>.</summary>
    private sealed class State
    {
        public string? Snapshot { get; init; }

        public bool IsLost { get; init; }

        public bool IsComplete { get; set; }

        public bool IsSweep { get; set; }

        public string[]? AfterKey { get; set; }

        public long PassKeys { get; set; }

        public long Passes { get; set; }

        public long? KeyCount { get; set; }

        public bool IsSliceDue { get; init; }

        /// <summary>Whether the pass should find nothing to do.</summary>
        public bool IsAudit => IsComplete && !IsSweep;
    }
}
