using System.Data;
using Claims.Ingestion.Postgres.DataSources;
using Claims.Ingestion.Reading;
using Claims.Ingestion.Storage;
using Npgsql;

namespace Claims.Ingestion.Postgres.Writing;

/// <summary>Finds what is kept of files.</summary>
internal static class KeptFiles
{
    public static async Task<KeptFile?> FindAsync(RoleDataSource dataSource, string facilityId, string externalId, CancellationToken cancellationToken)
    {
        NpgsqlConnection connection = await dataSource.OpenPrimaryAsync(cancellationToken);
        KeptFile? found = null;
        try
        {
            // One snapshot for the three questions; it ends with the connection.
            await connection.BeginTransactionAsync(IsolationLevel.RepeatableRead, cancellationToken);
            found = await FindAsync(connection, facilityId, externalId, cancellationToken);
            return found;
        }
        finally
        {
            if (found is null) await connection.DisposeAsync();
        }
    }

    private static async Task<KeptFile?> FindAsync(NpgsqlConnection connection, string facilityId, string externalId, CancellationToken cancellationToken)
    {
        long fileId;
        FileFate fate;
        string name;
        DateTimeOffset receivedAt;
        await using (var command = new NpgsqlCommand($"SELECT {Ledger.FateColumns}, id, name, received_at FROM claims.claim_file WHERE facility_id = $1 AND external_id = $2", connection))
        {
            command.Parameters.Add(new NpgsqlParameter<string> { TypedValue = facilityId });
            command.Parameters.Add(new NpgsqlParameter<string> { TypedValue = externalId });
            await using NpgsqlDataReader reader = await command.ExecuteReaderAsync(cancellationToken);
            if (!await reader.ReadAsync(cancellationToken)) return null;
            fate = Ledger.ReadFate(reader, 1);
            (fileId, name, receivedAt) = (reader.GetInt64("id"), reader.GetString("name"), reader.GetFieldValue<DateTimeOffset>("received_at"));
        }

        var leftOut = new List<ClaimError>();
        await using (var command = new NpgsqlCommand("SELECT claim_no, claim_id, line, rule, reason FROM claims.claim_error WHERE file_id = $1 ORDER BY claim_no", connection))
        {
            command.Parameters.Add(new NpgsqlParameter<long> { TypedValue = fileId });
            await using NpgsqlDataReader reader = await command.ExecuteReaderAsync(cancellationToken);
            while (await reader.ReadAsync(cancellationToken))
                leftOut.Add(new ClaimError(reader.GetInt32(0), reader.IsDBNull(1) ? null : reader.GetString(1), reader.GetInt32(2), reader.GetString(3), reader.GetString(4)));
        }

        var content = new NpgsqlCommand("SELECT claim_nos, content FROM claims.claim_file_content WHERE file_id = $1", connection);
        content.Parameters.Add(new NpgsqlParameter<long> { TypedValue = fileId });
        NpgsqlDataReader kept = await content.ExecuteReaderAsync(CommandBehavior.SequentialAccess, cancellationToken);
        bool isKept = await kept.ReadAsync(cancellationToken);
        return new KeptFile(new Owner(connection, content, kept))
        {
            Fate = fate,
            Name = name,
            ReceivedAt = receivedAt,
            LeftOut = leftOut,
            Positions = isKept && !await kept.IsDBNullAsync(0, cancellationToken) ? await kept.GetFieldValueAsync<int[]>(0, cancellationToken) : [],
            Content = isKept ? await kept.GetStreamAsync(1, cancellationToken) : null,
        };
    }

    private sealed class Owner(NpgsqlConnection connection, NpgsqlCommand command, NpgsqlDataReader reader) : IAsyncDisposable
    {
        public async ValueTask DisposeAsync()
        {
            await reader.DisposeAsync();
            await command.DisposeAsync();
            await connection.DisposeAsync();
        }
    }
}
