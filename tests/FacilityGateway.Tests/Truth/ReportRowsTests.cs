using FacilityGateway.Histories;
using FacilityGateway.Truth;

namespace FacilityGateway.Tests.Truth;

public class ReportRowsTests
{
    private int _day;

    [Fact]
    public void Balance_TwoRemittances_CountsEachPaymentOnce()
    {
        var row = ReportRows.Balance(History("C1", Submission("C1", 300), Remittance("C1", 100, 300), Remittance("C1", 150, 300)));

        Assert.Equal((250m, 50m, 2, "PARTIALLY_PAID"), (row.TotalPayment, row.PendingAmount, row.RemittanceCount, row.Status));
    }

    [Fact]
    public void Payerwise_TwoEqualClaims_BillsBoth()
    {
        var row = Assert.Single(ReportRows.Payerwise(
        [
            History("C1", Submission("C1", 300), Remittance("C1", 100, 300), Remittance("C1", 150, 300)),
            History("C2", Submission("C2", 300)),
        ]));

        Assert.Equal((600m, 250m, 41.67m), (row.BilledAmount, row.PaidAmount, row.CollectionRate));
        Assert.Equal((2, 1, 350m), (row.ClaimCount, row.RemittedClaimCount, row.PendingAmount));
        Assert.Equal((1, 1), (row.PartiallyPaidActivityCount, row.PendingActivityCount));
    }

    [Fact]
    public void Balance_PaidTakenBackAndPaidAgain_IsPaid()
    {
        var history = History("C1", Submission("C1", 300), Remittance("C1", 300, 300), Remittance("C1", -300, 300), Remittance("C1", 300, 300));

        var row = ReportRows.Balance(history);

        Assert.Equal(("PAID", 300m, 300m, 0m), (row.Status, row.TotalPayment, row.TotalTakenBack, row.PendingAmount));
        Assert.Equal("Fully Paid", ReportRows.RemittanceAdvice(history)!.PaymentStatus);
    }

    [Fact]
    public void Balance_TakenBackBeforeThePayment_IsNegativeUntilThePayment()
    {
        var submission = Submission("C1", 300);
        var takeBack = Remittance("C1", -300, 300);

        var before = ReportRows.Balance(History("C1", submission, takeBack));
        var after = ReportRows.Balance(History("C1", submission, takeBack, Remittance("C1", 300, 300), Remittance("C1", 300, 300)));

        Assert.Equal(("TAKEN_BACK", -300m, 600m), (before.Status, before.TotalPayment, before.PendingAmount));
        Assert.Equal(("PAID", 300m), (after.Status, after.TotalPayment));
    }

    [Fact]
    public void RemittanceAdvice_DifferentDenialCodes_IsOneRow()
    {
        var answer = Answer("C1", null, new RemittedLine("A1", 100, 0, "PRCE-001"), new RemittedLine("A2", 200, 0, "MNEC-003"), new RemittedLine("A3", 50, 0, "PRCE-001"));
        var history = History("C1", Send("C1", null, new("A1", 100), new("A2", 200), new("A3", 50)), answer);

        var row = ReportRows.RemittanceAdvice(history)!;

        Assert.Equal(["MNEC-003", "PRCE-001"], row.DenialCodes);
        Assert.Equal((3, 350m, "Has Denials", 0m), (row.DeniedCount, row.DeniedAmount, row.PaymentStatus, row.CollectionRate));
        Assert.Equal(("REJECTED", 350m, 0m), (ReportRows.Balance(history).Status, ReportRows.Balance(history).TotalDenied, ReportRows.Balance(history).PendingAmount));
    }

    [Fact]
    public void Balance_FourDecimals_AreKept()
    {
        var row = ReportRows.Balance(History("C1", Submission("C1", 12.3456m), Remittance("C1", 0.0001m, 12.3456m)));

        Assert.Equal((12.3456m, 0.0001m, 12.3455m), (row.CurrentNet, row.TotalPayment, row.PendingAmount));
    }

    [Fact]
    public void Balance_Correction_ReplacesEverything()
    {
        var row = ReportRows.Balance(History("C1", Submission("C1", 300), Answer("C1", "CODE-010", new RemittedLine("A1", 300, 0)), Send("C1", "correction", new SubmittedLine("B1", 280)), Answer("C1", null, new RemittedLine("B1", 280, 280))));

        Assert.Equal((300m, 280m, 280m, 0m), (row.InitialNet, row.CurrentNet, row.TotalPayment, row.TotalDenied));
        Assert.Equal((1, "PAID"), (row.ResubmissionCount, row.Status));
    }

    [Fact]
    public void Balance_Complaint_ReplacesTheActivitiesItNamesAndAddsNewOnes()
    {
        var history = History("C1", Send("C1", null, new("A1", 100), new("A2", 200)), Send("C1", "internal complaint", new("A2", 150), new("A3", 7)), Answer("C1", "AUTH-001", new RemittedLine("A1", 100, 0)));

        var row = ReportRows.Balance(history);

        Assert.Equal((300m, 257m), (row.CurrentNet, row.TotalDenied));
    }

    [Fact]
    public void Balance_ResubmittedAfterTheLastAnswerOrWithoutAny_IsResubmitted()
    {
        var denied = History("C1", Submission("C1", 300), Answer("C1", null, new RemittedLine("A1", 300, 0, "MNEC-003")), Send("C1", "internal complaint", new SubmittedLine("A1", 300)));
        var firstKnown = History("C2", Send("C2", "reconciliation", new SubmittedLine("A1", 10)));

        Assert.Equal("RESUBMITTED", ReportRows.Balance(denied).Status);
        Assert.Equal(("RESUBMITTED", 1), (ReportRows.Balance(firstKnown).Status, ReportRows.Balance(firstKnown).ResubmissionCount));
    }

    [Fact]
    public void Balance_NeverSubmitted_TellsOnlyWhatTheAnswersTell()
    {
        var history = History("C1", Answer("C1", null, new RemittedLine("A1", 300, 120, "PRCE-001")));

        var row = ReportRows.Balance(history);

        Assert.Equal(("REMITTED_ONLY", "TPA001", "F1", 120m), (row.Status, row.PayerId, row.FacilityId, row.TotalPayment));
        Assert.Equal((null, null, null, 0m), (row.InitialNet, row.CurrentNet, row.PendingAmount, row.TotalDenied));
        Assert.Equal("TPA001", ReportRows.RemittanceAdvice(history)!.PayerId);
        Assert.Empty(ReportRows.Payerwise([history]));
    }

    [Fact]
    public void Balance_PaymentsWithinHalfACent_ArePaid()
    {
        Assert.Equal("PAID", ReportRows.Balance(History("C1", Submission("C1", 10), Remittance("C1", 9.995m, 10))).Status);
        Assert.Equal("PARTIALLY_PAID", ReportRows.Balance(History("C1", Submission("C1", 10), Remittance("C1", 9.994m, 10))).Status);
        Assert.Equal("UNKNOWN", ReportRows.Balance(History("C1", Submission("C1", 0), Remittance("C1", 0, 0))).Status);
    }

    [Fact]
    public void Balance_DenialLiftedLater_IsNoDenial()
    {
        var row = ReportRows.Balance(History("C1", Submission("C1", 300), Answer("C1", "AUTH-001", new RemittedLine("A1", 300, 0)), Answer("C1", null, new RemittedLine("A1", 300, 0))));

        Assert.Equal((0m, "UNKNOWN"), (row.TotalDenied, row.Status));
    }

    [Fact]
    public void RemittanceAdvice_LineNamedTwiceInTheLatestAnswer_TakesTheLast()
    {
        var history = History("C1", Submission("C1", 300), Remittance("C1", 0, 250), Answer("C1", null, new RemittedLine("A1", 280, 0, "PRCE-001"), new RemittedLine("A1", 300, 0)));

        var row = ReportRows.RemittanceAdvice(history)!;

        Assert.Equal((300m, 0, "No Payment", 1), (row.TotalRemitted, row.DeniedCount, row.PaymentStatus, row.ActivityCount));
        Assert.Equal(["PRCE-001"], row.DenialCodes);
    }

    [Fact]
    public void Payerwise_FirstHoursOfAMonth_BelongToThatMonth()
    {
        var row = Assert.Single(ReportRows.Payerwise([History("C1", Submission("C1", 300))]));

        Assert.Equal(new DateOnly(2024, 3, 1), row.Month);
    }

    [Fact]
    public void Balance_FilesInAnyOrder_GivesTheSameRow()
    {
        object[] parts = [Submission("C1", 300), Remittance("C1", 300, 300), Remittance("C1", -300, 300), Send("C1", "correction", new SubmittedLine("B1", 5))];

        Assert.Equal(ReportRows.Balance(History("C1", parts)), ReportRows.Balance(History("C1", [.. parts.Reverse()])));
    }

    [Theory]
    [InlineData(1, 3, 33.33)]
    [InlineData(1, 800, 0.13)]
    [InlineData(-1, 800, -0.13)]
    [InlineData(5, 0, 0)]
    public void Percent_Rounds_HalfAwayFromZero(int part, int whole, double expected) => Assert.Equal((decimal)expected, Rates.Percent(part, whole));

    private static ClaimHistory History(string claimId, params object[] parts) =>
        new("P1", claimId, parts.OfType<Placed<ClaimVersion>>(), parts.OfType<Placed<RemittanceBlock>>());

    private Placed<ClaimVersion> Submission(string claimId, decimal net) => Send(claimId, null, new SubmittedLine("A1", net));

    private Placed<ClaimVersion> Send(string claimId, string? resubmission, params SubmittedLine[] lines) => new(NextPlace("P1"), new ClaimVersion
    {
        ProviderId = "P1",
        ClaimId = claimId,
        PayerId = "INS001",
        Net = lines.Sum(line => line.Net),
        FacilityId = "F1",
        Resubmission = resubmission,
        Lines = lines,
    });

    private Placed<RemittanceBlock> Remittance(string claimId, decimal payment, decimal net) => Answer(claimId, null, new RemittedLine("A1", net, payment));

    private Placed<RemittanceBlock> Answer(string claimId, string? denial, params RemittedLine[] lines) =>
        new(NextPlace("TPA001"), new RemittanceBlock { ProviderId = "P1", ClaimId = claimId, DenialCode = denial, FacilityId = "F1", Lines = lines });

    /// <summary>Later than all before; the first is in the first hours of March, local time.</summary>
    private FilePlace NextPlace(string senderId) => new(new DateTime(2024, 3, 1, 1, 30, 0).AddDays(_day++), $"file {100 - _day}", 1, senderId);
}
