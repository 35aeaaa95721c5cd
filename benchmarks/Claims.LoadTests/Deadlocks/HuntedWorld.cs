using System.Globalization;
using Claims.Measuring;
using FacilityGateway;

namespace Claims.LoadTests.Deadlocks;

/// <summary>The files of a round: small ones of a few facilities, with submissions, resubmissions and remittances of the same claims, and what else comes.</summary>
internal static class HuntedWorld
{
    public static World Of(int round) => new(new WorldOptions { Facilities = 4, FilesPerFacility = 40, ClaimsPerFile = 8, Seed = round });

    /// <summary>What the tables must hold when each file was stored once.</summary>
    public static string Expected(WorldTruth truth) => string.Create(
        CultureInfo.InvariantCulture,
        $"{truth.Totals} left_out={truth.Totals.LeftOut} billed={truth.Balance.Sum(b => b.CurrentNet ?? 0):F2} paid={truth.Balance.Sum(b => b.TotalPayment):F2} open={truth.Balance.Sum(b => b.PendingAmount ?? 0):F2}");

    /// <summary>What they do hold, in the same words.</summary>
    public static async Task<string> FoundAsync(BenchmarkDatabase database)
    {
        // Without it the server does not know that the tables are no longer empty, and the view takes seconds.
        await database.ExecuteAsync("ANALYZE claims.claim_file, claims.claim, claims.activity, claims.remittance_claim, claims.remittance_activity");
        return await database.ScalarAsync<string>(
            """
            SELECT format('files=%s claims=%s activities=%s remittance_claims=%s quarantined=%s skipped=%s left_out=%s billed=%s paid=%s open=%s',
              f.stored, (SELECT count(*) FROM claims.claim), (SELECT count(*) FROM claims.activity), (SELECT count(*) FROM claims.remittance_claim),
              f.quarantined, f.skipped, (SELECT count(*) FROM claims.claim_error), b.billed, b.paid, b.open)
            FROM (SELECT count(*) FILTER (WHERE status = 'stored') AS stored, count(*) FILTER (WHERE status = 'quarantined') AS quarantined,
                         count(*) FILTER (WHERE status = 'skipped') AS skipped FROM claims.claim_file) f,
                 (SELECT sum(current_net)::numeric(20, 2) AS billed, sum(total_payment)::numeric(20, 2) AS paid, sum(pending_amount)::numeric(20, 2) AS open
                  FROM claims.claim_balance) b
            """);
    }
}
