using Claims.Ingestion.Polling;
using Claims.Ingestion.Scheduling;
using Npgsql;
using NpgsqlTypes;

namespace Claims.Ingestion.Postgres.Leases;

/// <summary>The statements on <c>claims.facility_state</c> and <c>claims.facility_hour</c>.</summary>
internal static class StateCommands
{
    /// <summary>The columns of a record, of the table as <c>s</c>, in the order of <see cref="Read"/>.</summary>
    public const string Columns =
        "s.facility_id, s.is_paused, s.last_slot, s.last_poll_at, s.last_duration, s.last_outcome, s.last_error, s.consecutive_failures, s.skipped_slots, s.circuit, s.next_slot, s.last_files, s.last_claims, s.files_24h, s.claims_24h, s.volume_profile, s.host, s.last_success_at";

    /// <returns>The record, or <see langword="null"/> when there is no row.</returns>
    public static PollRecord? Read(NpgsqlDataReader reader, int at)
    {
        if (reader.IsDBNull(at)) return null;
        return new PollRecord
        {
            FacilityId = reader.GetString(at),
            IsPaused = reader.GetBoolean(at + 1),
            Slot = Value<DateTimeOffset>(at + 2),
            StartedAt = Value<DateTimeOffset>(at + 3),
            Duration = Value<TimeSpan>(at + 4),
            Outcome = Word<PollOutcome>(at + 5),
            Error = reader.IsDBNull(at + 6) ? null : reader.GetString(at + 6),
            ConsecutiveFailures = reader.GetInt32(at + 7),
            SkippedSlots = reader.GetInt32(at + 8),
            Circuit = Word<CircuitState>(at + 9),
            NextSlot = Value<DateTimeOffset>(at + 10),
            Files = reader.GetInt32(at + 11),
            Claims = reader.GetInt64(at + 12),
            FilesLast24Hours = reader.GetInt32(at + 13),
            ClaimsLast24Hours = reader.GetInt64(at + 14),
            VolumeProfile = reader.IsDBNull(at + 15) ? default : reader.GetFieldValue<byte[]>(at + 15),
            Host = reader.IsDBNull(at + 16) ? null : reader.GetString(at + 16),
            LastSuccess = Value<DateTimeOffset>(at + 17),
        };

        T? Value<T>(int column)
            where T : struct => reader.IsDBNull(column) ? null : reader.GetFieldValue<T>(column);

        T? Word<T>(int column)
            where T : struct, Enum => !reader.IsDBNull(column) && Enum.TryParse(reader.GetString(column), out T word) ? word : null;
    }

    /// <summary>Keeps a record, if the lease is still the facility's last one, and counts what it brought.</summary>
    public static void Add(NpgsqlBatch batch, FacilityLease lease, PollRecord record)
    {
        batch.BatchCommands.Add(new NpgsqlBatchCommand("DELETE FROM claims.facility_hour WHERE facility_id = $1 AND hour < now() - interval '2 days'")
        {
            Parameters = { Text(record.FacilityId) },
        });
        batch.BatchCommands.Add(new NpgsqlBatchCommand(
            """
            INSERT INTO claims.facility_hour AS h (facility_id, hour, files, claims)
            SELECT facility_id, date_trunc('hour', now()), $3, $4 FROM claims.facility_lease WHERE facility_id = $1 AND epoch = $2 AND $3 > 0
            ON CONFLICT (facility_id, hour) DO UPDATE SET files = h.files + $3, claims = h.claims + $4
            """)
        {
            Parameters = { Text(record.FacilityId), Number(lease.Epoch), new NpgsqlParameter<int> { TypedValue = record.Files }, Number(record.Claims) },
        });
        batch.BatchCommands.Add(new NpgsqlBatchCommand(
            """
            INSERT INTO claims.facility_state AS s (
              facility_id, last_slot, last_poll_at, last_duration, last_outcome, last_error, consecutive_failures, skipped_slots, circuit, next_slot, last_files,
              last_claims, volume_profile, host, last_success_at, files_24h, claims_24h)
            SELECT l.facility_id, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, coalesce(sum(h.files), 0), coalesce(sum(h.claims), 0)
            FROM claims.facility_lease l
            LEFT JOIN claims.facility_hour h ON h.facility_id = l.facility_id AND h.hour > now() - interval '24 hours'
            WHERE l.facility_id = $1 AND l.epoch = $2
            GROUP BY l.facility_id
            ON CONFLICT (facility_id) DO UPDATE SET
              last_slot = excluded.last_slot, last_poll_at = excluded.last_poll_at, last_duration = excluded.last_duration, last_outcome = excluded.last_outcome,
              last_error = excluded.last_error, consecutive_failures = excluded.consecutive_failures, skipped_slots = excluded.skipped_slots,
              circuit = excluded.circuit, next_slot = excluded.next_slot, last_files = excluded.last_files, last_claims = excluded.last_claims,
              volume_profile = excluded.volume_profile, host = excluded.host, last_success_at = excluded.last_success_at, files_24h = excluded.files_24h, claims_24h = excluded.claims_24h,
              changed_at = clock_timestamp()
            """)
        {
            Parameters =
            {
                Text(record.FacilityId), Number(lease.Epoch), Time(record.Slot), Time(record.StartedAt), Nullable(record.Duration, NpgsqlDbType.Interval),
                Text(record.Outcome?.ToString()), Text(record.Error), new NpgsqlParameter<int> { TypedValue = record.ConsecutiveFailures },
                new NpgsqlParameter<int> { TypedValue = record.SkippedSlots }, Text(record.Circuit?.ToString()), Time(record.NextSlot),
                new NpgsqlParameter<int> { TypedValue = record.Files }, Number(record.Claims), Nullable(record.VolumeProfile.ToArray(), NpgsqlDbType.Bytea), Text(record.Host), Time(record.LastSuccess),
            },
        });
    }

    private static NpgsqlParameter Text(string? value) => Nullable(value, NpgsqlDbType.Text);

    private static NpgsqlParameter Time(DateTimeOffset? value) => Nullable(value?.UtcDateTime, NpgsqlDbType.TimestampTz);

    private static NpgsqlParameter<long> Number(long value) => new() { TypedValue = value };

    private static NpgsqlParameter Nullable(object? value, NpgsqlDbType type) => new() { Value = value ?? DBNull.Value, NpgsqlDbType = type };
}
