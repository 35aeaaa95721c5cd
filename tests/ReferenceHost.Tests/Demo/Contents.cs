using Claims.Ingestion.TestSupport;

namespace ReferenceHost.Tests.Demo;

/// <summary>All that ingestion stored, in a form that does not depend on the order or the time of storing.</summary>
internal static class Contents
{
    /// <summary>One row each; a file of several with the same content may be the stored one, so such twins are told by their content.</summary>
    public static async Task<IReadOnlyList<string>> OfAsync(ClaimsDatabase database)
    {
        var all = new List<string>();
        all.AddRange(await database.RowsAsync("SELECT facility_id, content_hash, status, kind, claim_count, activity_count, left_out_count, regexp_replace(error, '#.*', '') FROM claims.claim_file WHERE status <> 'skipped' ORDER BY 1, 2"));
        all.AddRange(await database.RowsAsync("SELECT facility_id, status, count(*) FROM claims.claim_file GROUP BY 1, 2 ORDER BY 1, 2"));
        foreach (string table in new[] { "claim", "diagnosis", "activity", "observation", "remittance_claim", "remittance_activity", "claim_error" })
        {
            all.AddRange(await database.RowsAsync(
                $"""
                SELECT '{table}', f.facility_id, f.content_hash, to_jsonb(t) - 'file_id'
                FROM claims.{table} t JOIN claims.claim_file f ON f.id = t.file_id ORDER BY 2, 3, 4
                """));
        }

        return all;
    }
}
