using Claims.LoadTests.Peers;
using Claims.LoadTests.Peers.Rows;
using Npgsql;

namespace Claims.LoadTests.Facilities.Today;

/// <summary>Stores a file row by row, each statement prepared: it asks whether the file and each claim are there, and inserts the claim and then what belongs to it.</summary>
/// <param name="connection">An open connection with a transaction.</param>
internal sealed class RowWriter(NpgsqlConnection connection)
{
    private const string NextId = "SELECT claims.first_file_id(claims.file_month()) + nextval('claims.claim_file_id')";
    private const string FindFile = "SELECT id FROM claims.claim_file WHERE facility_id = $1 AND external_id = $2";
    private const string FindClaim = "SELECT file_id FROM claims.claim WHERE provider_id = $1 AND claim_id = $2 AND file_id = $3";

    public async Task WriteAsync(SourceFiles source, string facility, string path)
    {
        long id = (long)(await ScalarAsync(NextId))!;
        var rows = new RowBatch();
        source.Read(new SourceFile(id, facility, path), rows);
        if (await ScalarAsync(FindFile, facility, Path.GetFileName(path)) is not null) return;
        await InsertAsync(rows.Files[0]);
        ILookup<int, DiagnosisRow> diagnoses = rows.Diagnoses.ToLookup(row => row.ClaimNo);
        ILookup<int, ActivityRow> activities = rows.Activities.ToLookup(row => row.ClaimNo);
        ILookup<(int, int), ObservationRow> observations = rows.Observations.ToLookup(row => (row.ClaimNo, row.ActivityLineNo));
        foreach (ClaimRow claim in rows.Claims)
        {
            if (await ScalarAsync(FindClaim, claim.ProviderId, claim.ClaimId, id) is not null) continue;
            await InsertAsync(claim);
            foreach (DiagnosisRow diagnosis in diagnoses[claim.ClaimNo]) await InsertAsync(diagnosis);
            foreach (ActivityRow activity in activities[claim.ClaimNo])
            {
                await InsertAsync(activity);
                foreach (ObservationRow observation in observations[(claim.ClaimNo, activity.LineNo)]) await InsertAsync(observation);
            }
        }
    }

    private async Task<object?> ScalarAsync(string sql, params object[] values)
    {
        await using var command = new NpgsqlCommand(sql, connection);
        foreach (object value in values) command.Parameters.Add(new NpgsqlParameter { Value = value });
        return await command.ExecuteScalarAsync();
    }

    private async Task InsertAsync<TRow>(TRow row)
    {
        await using var command = new NpgsqlCommand(Insert<TRow>.Sql, connection);
        foreach (RowColumn<TRow> column in RowTable<TRow>.Columns) command.Parameters.Add(new NpgsqlParameter { Value = column.ValueOf(row) ?? DBNull.Value });
        await command.ExecuteNonQueryAsync();
    }

    private static class Insert<TRow>
    {
        public static readonly string Sql = $"INSERT INTO {RowTable<TRow>.Name} ({RowTable<TRow>.ColumnList}) VALUES ({string.Join(", ", RowTable<TRow>.Columns.Select((_, n) => $"${n + 1}"))})";
    }
}
