using Claims.Measuring;

namespace Claims.LoadTests.Write;

/// <summary>The tables that a submission file fills, in the order in which the library fills them.</summary>
internal static class ClaimTables
{
    public static readonly IReadOnlyList<(string Name, string FileId)> All =
    [
        ("claim", "file_id"), ("diagnosis", "file_id"), ("activity", "file_id"), ("observation", "file_id"), ("claim_file", "id"),
    ];

    /// <summary>Empties every table of claim files.</summary>
    public static Task TruncateAsync(BenchmarkDatabase database) => database.ExecuteAsync(
        "TRUNCATE claims.claim_file, claims.claim_file_content, claims.claim, claims.diagnosis, claims.activity, claims.observation, claims.remittance_claim, claims.remittance_activity, claims.claim_error, claims.view_change");

    /// <summary>Empties every table of claim files, and has the server write what it still holds back.</summary>
    public static async Task ClearAsync(BenchmarkDatabase database)
    {
        await TruncateAsync(database);
        await database.ExecuteAsync("CHECKPOINT");
    }

    /// <summary>Counts and sums that two fillings have in common when their rows are the same.</summary>
    public static Task<string> FingerprintAsync(BenchmarkDatabase database) => database.ScalarAsync<string>(
        """
        SELECT concat_ws(' ',
          (SELECT concat_ws('/', count(*), sum(claim_count), sum(activity_count)) FROM claims.claim_file),
          (SELECT concat_ws('/', count(*), sum(gross), sum(net), sum(hashtext(claim_id)::bigint)) FROM claims.claim),
          (SELECT concat_ws('/', count(*), sum(hashtext(code)::bigint)) FROM claims.diagnosis),
          (SELECT concat_ws('/', count(*), sum(net), sum(quantity), sum(hashtext(activity_id)::bigint)) FROM claims.activity),
          (SELECT concat_ws('/', count(*), sum(hashtext(value)::bigint), sum(octet_length(content))) FROM claims.observation))
        """);
}
