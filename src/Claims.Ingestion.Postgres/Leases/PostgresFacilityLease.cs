using System.Collections.Concurrent;
using Claims.Ingestion.Polling;
using Claims.Ingestion.Postgres.DataSources;
using Claims.Ingestion.Postgres.Writing;
using Claims.Ingestion.Scheduling;
using Claims.Ingestion.Storage;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Options;
using Npgsql;
using NpgsqlTypes;

namespace Claims.Ingestion.Postgres.Leases;

/// <summary>Shares the facilities between the hosts of one database, by rows of <c>claims.facility_lease</c> and <c>claims.facility_state</c>.</summary>
internal sealed class PostgresFacilityLease([FromKeyedServices(DataSourceRole.Ingestion)] RoleDataSource dataSource, IOptions<SchedulingOptions> options) : IFacilityLease
{
    /// <summary>How far back changed records are read once more: one may be committed a little after the time it carries.</summary>
    private static readonly TimeSpan Overlap = TimeSpan.FromSeconds(15);

    private readonly ConcurrentDictionary<string, byte> _known = new(StringComparer.Ordinal);
    private readonly string _owner = HostName.Value;
    private DateTime _changedAt = DateTime.UnixEpoch;

    public TimeSpan? Duration => options.Value.LeaseTime;

    public async ValueTask<IReadOnlyList<LeaseGrant>> AcquireAsync(IReadOnlyList<LeaseRequest> requests, CancellationToken cancellationToken)
    {
        try
        {
            await using NpgsqlConnection connection = await dataSource.OpenPrimaryAsync(cancellationToken);
            await EnsureRowsAsync(connection, requests, cancellationToken);
            return await GrantAsync(connection, requests, cancellationToken);
        }
        catch (NpgsqlException exception)
        {
            throw StoreErrors.Describe(exception);
        }
    }

    public async ValueTask<IReadOnlyList<FacilityLease>> RenewAsync(IReadOnlyList<FacilityLease> leases, CancellationToken cancellationToken)
    {
        await using NpgsqlConnection connection = await dataSource.OpenPrimaryAsync(cancellationToken);
        await using var command = new NpgsqlCommand(
            """
            UPDATE claims.facility_lease l SET expires_at = clock_timestamp() + $4
            FROM unnest($1, $2) AS held (facility_id, epoch)
            WHERE l.facility_id = held.facility_id AND l.epoch = held.epoch AND l.owner = $3 AND l.expires_at > clock_timestamp()
            RETURNING l.facility_id, l.epoch
            """,
            connection);
        command.Parameters.Add(new NpgsqlParameter<string[]> { TypedValue = [.. leases.Select(l => l.FacilityId)] });
        command.Parameters.Add(new NpgsqlParameter<long[]> { TypedValue = [.. leases.Select(l => l.Epoch)] });
        command.Parameters.Add(new NpgsqlParameter<string> { TypedValue = _owner });
        command.Parameters.Add(new NpgsqlParameter<TimeSpan> { TypedValue = options.Value.LeaseTime });
        var renewed = new HashSet<(string, long)>();
        await using NpgsqlDataReader reader = await command.ExecuteReaderAsync(cancellationToken);
        while (await reader.ReadAsync(cancellationToken)) renewed.Add((reader.GetString(0), reader.GetInt64(1)));
        return [.. leases.Where(l => renewed.Contains((l.FacilityId, l.Epoch)))];
    }

    public async ValueTask ReleaseAsync(FacilityLease lease, PollRecord? record, CancellationToken cancellationToken)
    {
        await using NpgsqlConnection connection = await dataSource.OpenPrimaryAsync(cancellationToken);
        await using NpgsqlBatch batch = connection.CreateBatch();
        if (record is not null) StateCommands.Add(batch, lease, record);
        batch.BatchCommands.Add(new NpgsqlBatchCommand(
            """
            UPDATE claims.facility_lease SET owner = NULL, expires_at = NULL, served_slot = CASE WHEN $4 AND expires_at > clock_timestamp() THEN slot ELSE served_slot END
            WHERE facility_id = $1 AND epoch = $2 AND owner = $3
            """)
        {
            Parameters =
            {
                new NpgsqlParameter<string> { TypedValue = lease.FacilityId },
                new NpgsqlParameter<long> { TypedValue = lease.Epoch },
                new NpgsqlParameter<string> { TypedValue = _owner },
                new NpgsqlParameter<bool> { TypedValue = record?.Slot == lease.Slot },
            },
        });
        await batch.ExecuteNonQueryAsync(cancellationToken);
    }

    public async ValueTask<IReadOnlyList<AbandonedSlot>> FindAbandonedAsync(CancellationToken cancellationToken)
    {
        await using NpgsqlConnection connection = await dataSource.OpenPrimaryAsync(cancellationToken);
        await using var command = new NpgsqlCommand(
            """
            SELECT facility_id, slot FROM claims.facility_lease
            WHERE slot IS DISTINCT FROM served_slot AND slot IS NOT NULL AND (owner IS NULL OR expires_at <= clock_timestamp())
            ORDER BY slot, facility_id
            """,
            connection);
        var abandoned = new List<AbandonedSlot>();
        await using NpgsqlDataReader reader = await command.ExecuteReaderAsync(cancellationToken);
        while (await reader.ReadAsync(cancellationToken)) abandoned.Add(new AbandonedSlot(reader.GetString(0), reader.GetFieldValue<DateTimeOffset>(1)));
        return abandoned;
    }

    public async ValueTask<IReadOnlyList<PollRecord>> GetChangedRecordsAsync(CancellationToken cancellationToken)
    {
        await using NpgsqlConnection connection = await dataSource.OpenPrimaryAsync(cancellationToken);
        await using var command = new NpgsqlCommand($"SELECT {StateCommands.Columns}, s.changed_at FROM claims.facility_state s WHERE s.changed_at > $1", connection);
        command.Parameters.Add(new NpgsqlParameter { Value = _changedAt - Overlap, NpgsqlDbType = NpgsqlDbType.TimestampTz });
        var records = new List<PollRecord>();
        DateTime changedAt = _changedAt;
        await using NpgsqlDataReader reader = await command.ExecuteReaderAsync(cancellationToken);
        while (await reader.ReadAsync(cancellationToken))
        {
            records.Add(StateCommands.Read(reader, 0)!);
            DateTime at = reader.GetDateTime(reader.FieldCount - 1);
            if (at > changedAt) changedAt = at;
        }

        _changedAt = changedAt;
        return records;
    }

    public async ValueTask SetPausedAsync(string facilityId, bool isPaused, CancellationToken cancellationToken)
    {
        await using NpgsqlConnection connection = await dataSource.OpenPrimaryAsync(cancellationToken);
        await using var command = new NpgsqlCommand(
            """
            INSERT INTO claims.facility_state (facility_id, is_paused) VALUES ($1, $2)
            ON CONFLICT (facility_id) DO UPDATE SET is_paused = $2, changed_at = clock_timestamp()
            """,
            connection);
        command.Parameters.Add(new NpgsqlParameter<string> { TypedValue = facilityId });
        command.Parameters.Add(new NpgsqlParameter<bool> { TypedValue = isPaused });
        await command.ExecuteNonQueryAsync(cancellationToken);
    }

    /// <summary>Rows are made once, in the order of their ids, so that hosts that start together do not wait for each other in a circle.</summary>
    private async Task EnsureRowsAsync(NpgsqlConnection connection, IReadOnlyList<LeaseRequest> requests, CancellationToken cancellationToken)
    {
        string[] unknown = [.. requests.Select(r => r.FacilityId).Where(id => !_known.ContainsKey(id)).Order(StringComparer.Ordinal)];
        if (unknown.Length == 0) return;
        await using var command = new NpgsqlCommand(
            "INSERT INTO claims.facility_lease (facility_id) SELECT id FROM unnest($1) AS id ORDER BY id COLLATE \"C\" ON CONFLICT DO NOTHING", connection);
        command.Parameters.Add(new NpgsqlParameter<string[]> { TypedValue = unknown });
        await command.ExecuteNonQueryAsync(cancellationToken);
        foreach (string id in unknown) _known.TryAdd(id, 0);
    }

    private async Task<List<LeaseGrant>> GrantAsync(NpgsqlConnection connection, IReadOnlyList<LeaseRequest> requests, CancellationToken cancellationToken)
    {
        await using var command = new NpgsqlCommand(
            $"""
            WITH due AS (SELECT * FROM unnest($1, $2, $3, $4) AS d (facility_id, slot, gap, is_forced)),
            free AS (
              SELECT l.facility_id, d.slot, d.is_forced
              FROM claims.facility_lease l
              JOIN due d ON d.facility_id = l.facility_id
              LEFT JOIN claims.facility_state s ON s.facility_id = l.facility_id
              WHERE (l.owner IS NULL OR l.expires_at <= clock_timestamp())
                AND (d.is_forced OR ((l.served_slot IS NULL OR d.slot - l.served_slot >= d.gap OR l.served_slot - d.slot > 4 * d.gap) AND s.is_paused IS NOT TRUE))
              ORDER BY l.facility_id
              FOR UPDATE OF l SKIP LOCKED),
            granted AS (
              UPDATE claims.facility_lease l
              SET owner = $5, epoch = l.epoch + 1, expires_at = clock_timestamp() + $6, slot = CASE WHEN f.is_forced THEN l.slot ELSE f.slot END
              FROM free f WHERE f.facility_id = l.facility_id
              RETURNING l.facility_id, l.epoch, f.slot)
            SELECT g.facility_id, g.epoch, g.slot, {StateCommands.Columns}
            FROM granted g LEFT JOIN claims.facility_state s ON s.facility_id = g.facility_id
            """, connection);
        command.Parameters.Add(new NpgsqlParameter<string[]> { TypedValue = [.. requests.Select(r => r.FacilityId)] });
        command.Parameters.Add(new NpgsqlParameter { Value = requests.Select(r => r.Slot.UtcDateTime).ToArray(), NpgsqlDbType = NpgsqlDbType.Array | NpgsqlDbType.TimestampTz });
        command.Parameters.Add(new NpgsqlParameter<TimeSpan[]> { TypedValue = [.. requests.Select(r => r.MinimumGap)] });
        command.Parameters.Add(new NpgsqlParameter<bool[]> { TypedValue = [.. requests.Select(r => r.IsForced)] });
        command.Parameters.Add(new NpgsqlParameter<string> { TypedValue = _owner });
        command.Parameters.Add(new NpgsqlParameter<TimeSpan> { TypedValue = options.Value.LeaseTime });

        // The server keeps microseconds; the slot that was asked for is the one to go on with.
        Dictionary<string, DateTimeOffset> slots = requests.ToDictionary(r => r.FacilityId, r => r.Slot, StringComparer.Ordinal);
        var grants = new List<LeaseGrant>(requests.Count);
        await using NpgsqlDataReader reader = await command.ExecuteReaderAsync(cancellationToken);
        while (await reader.ReadAsync(cancellationToken))
        {
            string facilityId = reader.GetString(0);
            grants.Add(new LeaseGrant(new FacilityLease(facilityId, reader.GetInt64(1), slots[facilityId]), StateCommands.Read(reader, 3)));
        }

        return grants;
    }
}
