using System.Globalization;
using Claims.Ingestion.Scheduling;
using Claims.Ingestion.Storage;
using Npgsql;

namespace Claims.Ingestion.Postgres.Writing;

/// <summary>The last step before a commit: the leases under which the files were fetched must last, and may not pass to another host until the commit.</summary>
internal static class Fence
{
    /// <exception cref="LeaseLostException">A lease has run out or passed to another host.</exception>
    public static async Task HoldAsync(NpgsqlConnection connection, IEnumerable<ClaimFile> files, TimeSpan leaseTime, CancellationToken cancellationToken)
    {
        (string FacilityId, long Epoch)[] leases =
            [.. files.Where(f => f.LeaseEpoch is not null).Select(f => (f.FacilityId, f.LeaseEpoch!.Value)).Distinct()];
        if (leases.Length == 0) return;
        await using var batch = new NpgsqlBatch(connection);

        // A host that stands still from here on must not hold the leases for ever: the server ends its transaction.
        batch.BatchCommands.Add(new NpgsqlBatchCommand(
            string.Create(CultureInfo.InvariantCulture, $"SET LOCAL idle_in_transaction_session_timeout = {(long)leaseTime.TotalMilliseconds}")));
        batch.BatchCommands.Add(new NpgsqlBatchCommand(
            """
            SELECT l.facility_id, l.epoch FROM claims.facility_lease l
            JOIN unnest($1, $2) AS w (facility_id, epoch) ON l.facility_id = w.facility_id AND l.epoch = w.epoch
            WHERE l.owner = $3 AND l.expires_at > clock_timestamp()
            ORDER BY l.facility_id
            FOR KEY SHARE OF l
            """)
        {
            Parameters =
            {
                new NpgsqlParameter<string[]> { TypedValue = [.. leases.Select(l => l.FacilityId)] },
                new NpgsqlParameter<long[]> { TypedValue = [.. leases.Select(l => l.Epoch)] },

                // A failover that lost commits may give an epoch for the second time, to another host.
                new NpgsqlParameter<string> { TypedValue = HostName.Value },
            },
        });
        var held = new HashSet<(string, long)>();
        await using NpgsqlDataReader reader = await batch.ExecuteReaderAsync(cancellationToken);
        while (await reader.ReadAsync(cancellationToken)) held.Add((reader.GetString(0), reader.GetInt64(1)));
        string[] lost = [.. leases.Where(l => !held.Contains(l)).Select(l => l.FacilityId).Distinct()];
        if (lost.Length > 0) throw new LeaseLostException(lost);
    }
}
