using Claims.Ingestion.Postgres.Views;
using Claims.Ingestion.Reading;
using Claims.Ingestion.Storage;
using Claims.Ingestion.TestSupport;
using Microsoft.Extensions.DependencyInjection;

namespace Claims.Ingestion.Postgres.Tests.Views;

/// <summary>
/// The state of a claim is a function of its history, not of the order in which its files arrive: each life is stored in every
/// order of its files, in one batch and in a batch a file, each time for a provider of its own, and must always look the same.
/// </summary>
public sealed class ClaimLifeTests
{
    private static readonly Resubmission _correction = new() { Type = "correction" };
    private static readonly Resubmission _complaint = new() { Type = "internal complaint" };

    [Fact]
    public async Task State_WhateverTheOrderOfArrival_IsTheSame()
    {
        await using ClaimsDatabase database = await ClaimsDatabase.CreateAsync();
        await using ServiceProvider services = TestServices.Create(database.ConnectionString);
        int[] stored = [await StoreAllOrdersAsync(services.Store(), "P", AnsweredTwiceOnOneDay), await StoreAllOrdersAsync(services.Store(), "Q", AnsweredBeforeSubmission)];
        Assert.Equal([2 * 120, 2 * 24], stored);

        // Without statistics the plans of the views take twenty seconds.
        await database.ExecuteAsync("ANALYZE");
        await services.GetRequiredService<ReportViews>().RefreshAllAsync("a test asks for it", TestContext.Current.CancellationToken);

        // The last column: how many times the life was stored.
        Assert.Equal(
            [
                "(AGAIN,300,300,300,300,0,0,3,02,04,0,,PAID,240)",
                "(COMPLAINT,300,300,100,0,0,200,3,02,04,1,03,PARTIALLY_PAID,240)",
                "(CORRECTED,300,280,100,180,0,180,3,02,04,1,03,PARTIALLY_PAID,240)",
                "(DENIED,300,300,0,100,300,0,3,02,04,1,03,TAKEN_BACK,240)",
                "(EARLY,300,300,100,0,200,0,2,01,03,1,03,RESUBMITTED,48)",
                "(LATE,300,250,60,40,0,190,2,04,04,1,03,PARTIALLY_PAID,240)",
                "(MARKED,300,280,0,0,280,0,2,01,03,2,03,RESUBMITTED,48)",
            ],
            await database.RowsAsync(
                """
                SELECT claim_id, initial_net, current_net, total_payment, total_taken_back, total_denied, pending_amount, remittance_count,
                       to_char(first_remittance_date AT TIME ZONE 'UTC', 'DD'), to_char(last_remittance_date AT TIME ZONE 'UTC', 'DD'),
                       resubmission_count, to_char(last_resubmission_date AT TIME ZONE 'UTC', 'DD'), status, count(*)
                FROM claims.claim_balance GROUP BY 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13 ORDER BY claim_id COLLATE "C"
                """));
        Assert.Equal(
            [
                "(AGAIN,A1,300,300,300,0,FULLY_PAID,240)",
                "(COMPLAINT,A1,100,100,0,0,FULLY_PAID,240)",
                "(COMPLAINT,A2,150,0,0,0,PENDING,240)",
                "(CORRECTED,A1,100,100,0,0,FULLY_PAID,240)",
                "(CORRECTED,A3,180,0,180,0,TAKEN_BACK,240)",
                "(DENIED,A1,100,0,100,100,TAKEN_BACK,240)",
                "(DENIED,A2,200,0,0,200,REJECTED,240)",
                "(EARLY,A1,100,100,0,0,FULLY_PAID,48)",
                "(EARLY,A2,200,0,0,200,REJECTED,48)",
                "(LATE,A1,250,60,40,0,PARTIALLY_TAKEN_BACK,240)",
                "(MARKED,A1,280,0,0,280,REJECTED,48)",
            ],
            await database.RowsAsync(
                """
                SELECT claim_id, activity_id, submitted, net_paid, taken_back, denied_amount, status, count(*)
                FROM claims.activity_state GROUP BY 1, 2, 3, 4, 5, 6, 7 ORDER BY claim_id COLLATE "C", activity_id
                """));

        // The functions for one claim say the same as the views, for one of each kind of history.
        Assert.Empty(await database.RowsAsync(
            """
            WITH sample AS (SELECT DISTINCT ON (claim_id, status, resubmission_count, remittance_count) provider_id, claim_id FROM claims.claim_balance)
            (SELECT b::text FROM sample JOIN claims.claim_balance b USING (provider_id, claim_id)
             UNION ALL SELECT a::text FROM sample JOIN claims.activity_state a USING (provider_id, claim_id)
             UNION ALL SELECT e::text FROM sample JOIN claims.claim_event e USING (provider_id, claim_id)
             UNION ALL SELECT h::text FROM sample JOIN claims.claim_history h USING (provider_id, claim_id))
            EXCEPT ALL
            (SELECT b::text FROM sample, claims.balance_of(provider_id, claim_id) b
             UNION ALL SELECT a::text FROM sample, claims.activities_of(provider_id, claim_id) a
             UNION ALL SELECT e::text FROM sample, claims.events_of(provider_id, claim_id) e
             UNION ALL SELECT h::text FROM sample, claims.history_of(provider_id, claim_id) h)
            """));
        Assert.Empty(await database.RowsAsync(
            """
            WITH sample AS (SELECT DISTINCT ON (claim_id, status, resubmission_count, remittance_count) provider_id, claim_id FROM claims.claim_balance)
            SELECT provider_id, claim_id FROM sample, claims.claim_of(provider_id, claim_id) c
            WHERE (c.balance) IS DISTINCT FROM (SELECT b FROM claims.balance_of(provider_id, claim_id) b)
               OR c.activities::jsonb IS DISTINCT FROM (SELECT coalesce(jsonb_agg(a ORDER BY a.activity_id), '[]') FROM claims.activities_of(provider_id, claim_id) a)
               OR c.history::jsonb IS DISTINCT FROM (SELECT coalesce(jsonb_agg(h ORDER BY h.event_no), '[]') FROM claims.history_of(provider_id, claim_id) h)
            """));
        Assert.Equal(
            [
                "(AGAIN,1,300,300,300,0,0,{},3,100.00,\"Fully Paid\",240)",
                "(COMPLAINT,2,250,100,0,0,0,\"{MNEC-003,PRCE-001}\",3,40.00,\"Partially Paid\",240)",
                "(CORRECTED,3,480,100,180,1,200,{MNEC-003},3,20.83,\"Has Denials\",240)",
                "(DENIED,2,300,0,100,2,300,\"{ELIG-001,MNEC-003}\",3,0.00,\"Has Denials\",240)",
                "(EARLY,2,300,100,0,1,200,{MNEC-003},2,33.33,\"Has Denials\",48)",
                "(LATE,1,250,60,40,0,0,{},2,24.00,\"Partially Paid\",240)",
                "(MARKED,1,300,0,0,1,300,{ELIG-001},2,0.00,\"Has Denials\",48)",
            ],
            await database.RowsAsync(
                """
                SELECT claim_id, activity_count, total_remitted, total_payment, total_taken_back, denied_count, denied_amount, denial_codes, remittance_count,
                       collection_rate, payment_status, count(*)
                FROM claims.mv_remittance_advice_summary GROUP BY 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11 ORDER BY claim_id COLLATE "C"
                """));
    }

    /// <summary>Five files; the last two are of one moment, so that their ids say which is later.</summary>
    private static SampleFile[] AnsweredTwiceOnOneDay(string p) =>
    [
        Sample.Submission(
            $"a-{p}",
            Day(1),
            Sample.Claim("CORRECTED", 300m, 1, p, activities: [("A1", 100m), ("A2", 200m)]),
            Sample.Claim("COMPLAINT", 300m, 2, p, activities: [("A1", 100m), ("A2", 200m)]),
            Sample.Claim("AGAIN", 300m, 3, p),
            Sample.Claim("DENIED", 300m, 4, p, activities: [("A1", 100m), ("A2", 200m)]),
            Sample.Claim("LATE", 300m, 5, p)),
        Sample.Remittance(
            $"b-{p}",
            Day(2),
            Sample.Remitted("CORRECTED", 1, p, activities: [("A1", 100m, 60m, null), ("A2", 200m, 0m, "MNEC-003")]),
            Sample.Remitted("COMPLAINT", 2, p, activities: [("A1", 100m, 100m, null), ("A2", 200m, 0m, "PRCE-001")]),
            Sample.Remitted("AGAIN", 3, p, activities: ("A1", 300m, 300m, null)),
            Sample.Remitted("DENIED", 4, p, activities: ("A1", 100m, 100m, null))),
        Sample.Submission(
            $"c-{p}",
            Day(3),
            Sample.Claim("CORRECTED", 280m, 1, p, resubmission: _correction, activities: [("A1", 100m), ("A3", 180m)]),
            Sample.Claim("COMPLAINT", 150m, 2, p, resubmission: _complaint, activities: ("A2", 150m)),
            Sample.Claim("DENIED", 300m, 3, p, activities: [("A1", 100m), ("A2", 200m)]),
            Sample.Claim("LATE", 250m, 4, p, resubmission: _correction)),
        Sample.Remittance(
            $"d-{p}",
            Day(4),
            Sample.Remitted("CORRECTED", 1, p, activities: [("A1", 100m, 40m, null), ("A3", 180m, 180m, null)]),
            Sample.Remitted("COMPLAINT", 2, p, activities: ("A2", 150m, 0m, "MNEC-003")),
            Sample.Remitted("AGAIN", 3, p, activities: ("A1", 300m, -300m, null)),
            Sample.Remitted("DENIED", 4, p, denial: "ELIG-001", activities: ("A1", 100m, -100m, null)),
            Sample.Remitted("LATE", 5, p, activities: ("A1", 250m, 100m, null))),
        Sample.Remittance(
            $"e-{p}",
            Day(4),
            Sample.Remitted("CORRECTED", 1, p, activities: ("A3", 180m, -180m, null)),
            Sample.Remitted("COMPLAINT", 2, p, activities: ("A2", 150m, 0m, null)),
            Sample.Remitted("AGAIN", 3, p, activities: ("A1", 300m, 300m, null)),
            Sample.Remitted("DENIED", 4, p, activities: ("A2", 200m, 0m, "MNEC-003")),
            Sample.Remitted("LATE", 5, p, activities: ("A1", 250m, -40m, null))),
    ];

    /// <summary>Four files; the first remittance is older than the submission, the second one of the same moment as the resubmission.</summary>
    private static SampleFile[] AnsweredBeforeSubmission(string p) =>
    [
        Sample.Remittance(
            $"a-{p}",
            Day(1),
            Sample.Remitted("EARLY", 1, p, activities: ("A1", 100m, 100m, null)),
            Sample.Remitted("MARKED", 2, p, activities: ("A1", 300m, 0m, null))),
        Sample.Submission(
            $"b-{p}",
            Day(2),
            Sample.Claim("EARLY", 300m, 1, p, activities: [("A1", 100m), ("A2", 200m)]),
            Sample.Claim("MARKED", 300m, 2, p, resubmission: _correction)),
        Sample.Remittance(
            $"c-{p}",
            Day(3),
            Sample.Remitted("EARLY", 1, p, activities: ("A2", 200m, 0m, "MNEC-003")),
            Sample.Remitted("MARKED", 2, p, denial: "ELIG-001", activities: ("A1", 300m, 0m, null))),
        Sample.Submission(
            $"d-{p}",
            Day(3),
            Sample.Claim("EARLY", 200m, 1, p, resubmission: _complaint, activities: ("A2", 200m)),
            Sample.Claim("MARKED", 280m, 2, p, resubmission: _correction)),
    ];

    private static DateTimeOffset Day(int n) => Sample.Day1.AddDays(n - 1);

    /// <returns>How many times the lives were stored.</returns>
    private static async Task<int> StoreAllOrdersAsync(IClaimStore store, string set, Func<string, SampleFile[]> lives)
    {
        int times = 0;
        foreach (int[] order in Orders(lives("").Length))
        {
            SampleFile[] together = lives($"{set}-{++times}");
            await StoreAsync(store, [.. order.Select(i => together[i])]);
            SampleFile[] apart = lives($"{set}-{++times}");
            foreach (int i in order) await StoreAsync(store, [apart[i]]);
        }

        return times;
    }

    private static async Task StoreAsync(IClaimStore store, SampleFile[] files) =>
        Assert.All(await store.StoreAsync(files, TestContext.Current.CancellationToken), fate => Assert.Equal(FileStatus.Stored, fate.Status));

    private static IEnumerable<int[]> Orders(int count) => count == 0
        ? [[]]
        : Orders(count - 1).SelectMany(order => Enumerable.Range(0, count).Select(at => (int[])[.. order[..at], count - 1, .. order[at..]]));
}
