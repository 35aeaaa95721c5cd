using Claims.Ingestion.Postgres.Views;
using Claims.Ingestion.Reading;
using Claims.Ingestion.TestSupport;
using Microsoft.Extensions.DependencyInjection;

namespace Claims.Ingestion.Postgres.Tests.Views;

/// <summary>The figures of the three report views, on histories small enough to check by hand.</summary>
public sealed class ReportViewTests : IAsyncLifetime
{
    private ClaimsDatabase _database = null!;
    private ServiceProvider _services = null!;

    public async ValueTask InitializeAsync()
    {
        _database = await ClaimsDatabase.CreateAsync();
        _services = TestServices.Create(_database.ConnectionString);
    }

    public async ValueTask DisposeAsync()
    {
        await _services.DisposeAsync();
        await _database.DisposeAsync();
    }

    [Fact]
    public async Task Balance_TwoRemittancesOfOneClaim_AddsPaymentsOnce()
    {
        await StoreAsync(
            Sample.Submission("s", Day(0), Sample.Claim("C", 300m, activities: [("A1", 100m), ("A2", 200m)])),
            Sample.Remittance("r1", Day(1), Sample.Remitted("C", activities: [("A1", 100m, 100m, null), ("A2", 200m, 50m, null)])),
            Sample.Remittance("r2", Day(2), Sample.Remitted("C", activities: ("A2", 200m, 100m, null))));

        Assert.Equal(["(250,50,2,PARTIALLY_PAID)"], await RowsAsync("SELECT total_payment, pending_amount, remittance_count, status FROM claims.mv_balance_amount_summary"));
    }

    [Fact]
    public async Task RemittanceAdvice_LinesWithDifferentDenialCodes_IsOneRow()
    {
        await StoreAsync(
            Sample.Submission("s", Day(0), Sample.Claim("C", 300m, activities: [("A1", 100m), ("A2", 200m)])),
            Sample.Remittance("r", Day(1), Sample.Remitted("C", activities: [("A1", 100m, 0m, "MNEC-003"), ("A2", 200m, 0m, "CLAI-012")])));

        Assert.Equal(
            ["(2,300,0,2,300,\"{CLAI-012,MNEC-003}\",0.00,\"Has Denials\")"],
            await RowsAsync("SELECT activity_count, total_remitted, total_payment, denied_count, denied_amount, denial_codes, collection_rate, payment_status FROM claims.mv_remittance_advice_summary"));
        Assert.Equal(["(300,0,REJECTED)"], await RowsAsync("SELECT total_denied, pending_amount, status FROM claims.mv_balance_amount_summary"));
    }

    [Fact]
    public async Task Payerwise_TwoClaimsOfTheSameAmount_AreBothBilled()
    {
        await StoreAsync(
            Sample.Submission("s", Day(0), Sample.Claim("C1", 300m), Sample.Claim("C2", 300m, 2)),
            Sample.Remittance("r", Day(1), Sample.Remitted("C1", activities: ("A1", 300m, 250m, null))));

        Assert.Equal(
            ["(INS001,DHA-F-0000001,2026-03-01,2,600,1,250,350,41.67,1,1)"],
            await RowsAsync("SELECT payer_id, facility_id, month, claim_count, billed_amount, remitted_claim_count, paid_amount, pending_amount, collection_rate, partially_paid_activity_count, pending_activity_count FROM claims.mv_claim_summary_payerwise"));
    }

    [Fact]
    public async Task Balance_TakeBackStoredBeforeThePayment_IsNegativeUntilThePaymentComes()
    {
        await StoreAsync(
            Sample.Submission("s", Day(0), Sample.Claim("C", 300m)),
            Sample.Remittance("r2", Day(2), Sample.Remitted("C", activities: ("A1", 300m, -300m, null))));
        Assert.Equal(["(-300,TAKEN_BACK)"], await RowsAsync("SELECT total_payment, status FROM claims.mv_balance_amount_summary"));

        await StoreAsync(Sample.Remittance("r1", Day(1), Sample.Remitted("C", activities: ("A1", 300m, 300m, null))));
        Assert.Equal(["(0,300,TAKEN_BACK)"], await RowsAsync("SELECT total_payment, total_taken_back, status FROM claims.mv_balance_amount_summary"));
    }

    [Fact]
    public async Task Balance_PaidTakenBackAndPaidAgain_IsPaid()
    {
        await StoreAsync(
            Sample.Submission("s", Day(0), Sample.Claim("C", 300m)),
            Sample.Remittance("r1", Day(1), Sample.Remitted("C", activities: ("A1", 300m, 300m, null))),
            Sample.Remittance("r2", Day(2), Sample.Remitted("C", activities: ("A1", 300m, -300m, null)), Sample.Remitted("C", 2, activities: ("A1", 300m, 300m, null))));

        Assert.Equal(["(PAID,300,3)"], await RowsAsync("SELECT status, total_payment, remittance_count FROM claims.mv_balance_amount_summary"));
    }

    [Fact]
    public async Task Amounts_WithFourDigits_KeepEveryDigit()
    {
        await StoreAsync(Sample.Submission("s", Day(0), Sample.Claim("C", 12.3456m)));

        Assert.Equal(["(12.3456,12.3456)"], await RowsAsync("SELECT initial_net, pending_amount FROM claims.mv_balance_amount_summary"));
    }

    [Fact]
    public async Task Versions_CorrectionReplacesAndComplaintReasserts_WhateverTheOrderOfArrival()
    {
        SampleFile[] files =
        [
            Sample.Submission("s", Day(0), Sample.Claim("C", 300m, activities: [("A1", 100m), ("A2", 200m)])),
            Sample.Submission("c", Day(1), Sample.Claim("C", 280m, resubmission: new Resubmission { Type = "correction" }, activities: [("B1", 100m), ("B2", 180m)])),
            Sample.Submission("i", Day(2), Sample.Claim("C", 170m, resubmission: new Resubmission { Type = "internal complaint" }, activities: ("B2", 170m))),
            Sample.Remittance("r", Day(3), Sample.Remitted("C", activities: [("B1", 100m, 100m, null), ("B2", 170m, 0m, "PRCE-001")])),
        ];
        Random.Shared.Shuffle(files);
        foreach (SampleFile file in files) await StoreAsync(file);

        Assert.Equal(
            ["(B1,100,100,0,FULLY_PAID)", "(B2,170,0,170,REJECTED)"],
            await RowsAsync("SELECT activity_id, submitted, net_paid, denied_amount, status FROM claims.activity_state ORDER BY activity_id"));
        Assert.Equal(
            ["(300,280,100,170,10,2,PARTIALLY_PAID)"],
            await RowsAsync("SELECT initial_net, current_net, total_payment, total_denied, pending_amount, resubmission_count, status FROM claims.mv_balance_amount_summary"));
    }

    [Fact]
    public async Task Status_RemittanceWithoutSubmission_JoinsWhenTheSubmissionComes()
    {
        await StoreAsync(Sample.Remittance("r", Day(1), Sample.Remitted("C", activities: ("A1", 300m, 300m, null))));
        Assert.Equal(["(REMITTED_ONLY,TPA001,)"], await RowsAsync("SELECT status, payer_id, current_net FROM claims.mv_balance_amount_summary"));
        Assert.Empty(await RowsAsync("SELECT * FROM claims.mv_claim_summary_payerwise"));

        await StoreAsync(Sample.Submission("s", Day(0), Sample.Claim("C", 300m)));
        Assert.Equal(["(PAID,INS001,300)"], await RowsAsync("SELECT status, payer_id, current_net FROM claims.mv_balance_amount_summary"));
    }

    [Fact]
    public async Task Status_ClaimDenialCode_DeniesEveryActivityUntilALaterAnswer()
    {
        await StoreAsync(
            Sample.Submission("s", Day(0), Sample.Claim("C", 300m, activities: [("A1", 100m), ("A2", 200m)])),
            Sample.Remittance("r1", Day(1), Sample.Remitted("C", denial: "ELIG-001", activities: ("A1", 100m, 0m, null))));
        Assert.Equal(["(REJECTED,300)"], await RowsAsync("SELECT status, total_denied FROM claims.mv_balance_amount_summary"));

        await StoreAsync(Sample.Remittance("r2", Day(2), Sample.Remitted("C", activities: ("A1", 100m, 100m, null))));
        Assert.Equal(["(PARTIALLY_PAID,200)"], await RowsAsync("SELECT status, total_denied FROM claims.mv_balance_amount_summary"));
    }

    [Fact]
    public async Task Status_ResubmittedAfterTheLastRemittance_IsResubmitted()
    {
        await StoreAsync(
            Sample.Submission("s", Day(0), Sample.Claim("C", 300m)),
            Sample.Remittance("r", Day(1), Sample.Remitted("C", activities: ("A1", 300m, 0m, "MNEC-003"))),
            Sample.Submission("again", Day(2), Sample.Claim("C", 300m)));

        Assert.Equal(["(RESUBMITTED,1)"], await RowsAsync("SELECT status, resubmission_count FROM claims.mv_balance_amount_summary"));
    }

    private static DateTimeOffset Day(int n) => Sample.Day1.AddDays(n);

    private async Task StoreAsync(params SampleFile[] files) => await _services.Store().StoreAsync(files, TestContext.Current.CancellationToken);

    private async Task<IReadOnlyList<string>> RowsAsync(string sql)
    {
        await _services.GetRequiredService<ReportViews>().RefreshAllAsync("a test asks for it", TestContext.Current.CancellationToken);
        return await _database.RowsAsync(sql);
    }
}
