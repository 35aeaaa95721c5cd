using Claims.Ingestion.Postgres.Local;
using Claims.LoadTests.Write;

namespace Claims.LoadTests.Routing;

/// <summary>What is stored of the files that were given: which are missing, and what is there twice.</summary>
internal sealed record StoredFiles(long Files, long DistinctFiles, long Claims, long DistinctClaims, long Activities)
{
    public long Doubled => Files - DistinctFiles + (Claims - DistinctClaims);

    public static async Task<StoredFiles> CountAsync(LocalPostgres server, CancellationToken cancellationToken)
    {
        long[] counts = await ReplicatedServers.ScalarAsync<long[]>(
            server,
            """
            SELECT ARRAY[
              (SELECT count(*) FROM claims.claim_file WHERE status = 'stored'),
              (SELECT count(DISTINCT (facility_id, name)) FROM claims.claim_file WHERE status = 'stored'),
              (SELECT count(*) FROM claims.claim),
              (SELECT count(DISTINCT (provider_id, claim_id)) FROM claims.claim),
              (SELECT count(*) FROM claims.activity)]
            """,
            cancellationToken);
        return new StoredFiles(counts[0], counts[1], counts[2], counts[3], counts[4]);
    }

    /// <summary>Says how this differs from all that was given.</summary>
    public string? Difference(ClaimFolders folders) => (Files, Claims, Activities) == (folders.Files, folders.Claims, folders.Activities) ? null
        : $"stored {Files} files, {Claims} claims, {Activities} activities of {folders.Files}, {folders.Claims}, {folders.Activities}";
}
