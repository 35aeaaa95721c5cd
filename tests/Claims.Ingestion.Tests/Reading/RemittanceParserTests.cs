using Claims.Ingestion.Reading;
using Claims.Ingestion.Storage;

namespace Claims.Ingestion.Tests.Reading;

public class RemittanceParserTests
{
    [Fact]
    public void Read_FullClaim_KeepsEveryElement()
    {
        var file = ReadBack.Of(ClaimXml.Remittance("""
            <Claim><ID>C1</ID><IDPayer>IP1</IDPayer><ProviderID>DHA-F-0000002</ProviderID><DenialCode>MNEC-001</DenialCode><PaymentReference>PAY 1</PaymentReference>
              <DateSettlement>1/1/2025</DateSettlement></Claim>
            """.Replace("1/1/2025", "01/01/2025 1:02:03", StringComparison.Ordinal).Replace("</Claim>", """
              <Comments>some words</Comments><Encounter><FacilityID>DHA-F-0000003</FacilityID><Other/></Encounter><Attachment>AQ==</Attachment>
              <Activity><ID>A1</ID><Start>14/02/2025 7:05</Start><Type>3</Type><Code>99213</Code><Quantity>1.5</Quantity><Net>90</Net><Clinician>DHA-P-0000001</Clinician>
                <List>110</List><PriorAuthorizationID>PA1</PriorAuthorizationID><Gross>100</Gross><PatientShare>10</PatientShare>
                <PaymentAmount>-80.25</PaymentAmount><DenialCode>PRCE-001</DenialCode></Activity>
              <Activity><ID>A1</ID><Net>1</Net><PaymentAmount>0</PaymentAmount><Start/><Quantity/><List/><Gross/><PatientShare/><DenialCode/></Activity>
            </Claim>
            """, StringComparison.Ordinal)));

        Assert.Equal((FileStatus.Stored, ClaimFileKind.Remittance), (file.Outcome.Status, file.Outcome.Kind));
        Assert.Empty(file.Outcome.Warnings);
        var claim = Assert.Single(file.Remitted);
        Assert.Equal(
            (1, "C1", "IP1", "DHA-F-0000002", "MNEC-001", "PAY 1", "DHA-F-0000003", "some words"),
            (claim.Position, claim.Id, claim.IdPayer, claim.ProviderId, claim.DenialCode, claim.PaymentReference, claim.FacilityId, claim.Comments));
        Assert.Equal(new DateTimeOffset(2025, 1, 1, 1, 2, 3, TimeSpan.FromHours(4)), claim.DateSettlement);

        Assert.Equal(2, claim.Activities.Count);
        var full = claim.Activities[0];
        Assert.Equal(
            ("A1", "3", "99213", 1.5m, 90m, 110m, "DHA-P-0000001"),
            (full.Id, full.Type, full.Code, full.Quantity, full.Net, full.List, full.Clinician));
        Assert.Equal(("PA1", 100m, 10m, -80.25m, "PRCE-001"), (full.PriorAuthorizationId, full.Gross, full.PatientShare, full.PaymentAmount, full.DenialCode));
        Assert.Equal(new DateTimeOffset(2025, 2, 14, 7, 5, 0, TimeSpan.FromHours(4)), full.Start);

        var bare = claim.Activities[1];
        Assert.Equal(("A1", 1m, 0m), (bare.Id, bare.Net, bare.PaymentAmount));
        Assert.Equal((null, null, null, null), (bare.Start, bare.Quantity, bare.List, bare.Gross));
        Assert.Equal((null, null, null, null), (bare.PatientShare, bare.DenialCode, bare.Code, bare.Type));
    }

    [Fact]
    public void Read_NoProvider_TakesTheHeadersReceiver()
    {
        var file = ReadBack.Of(ClaimXml.Remittance(ClaimXml.RemittedClaim(provider: "<ProviderID/>")));

        Assert.Equal("INS001", Assert.Single(file.Remitted).ProviderId);
    }

    [Fact]
    public void Read_NoProviderAndNoReceiver_LeavesTheClaimOut()
    {
        var file = ReadBack.Of(ClaimXml.Root("Remittance.Advice", ClaimXml.Header(receiver: "") + ClaimXml.RemittedClaim(provider: "")));

        Assert.Equal(new ClaimError(1, "C1", 1, "required", "Claim/ProviderID is missing or empty"), Assert.Single(file.Errors));
    }

    [Fact]
    public void Read_SameClaimTwice_KeepsBothWithoutAWarning()
    {
        var takeBack = ClaimXml.RemittedActivity.Replace("<PaymentAmount>80<", "<PaymentAmount>-80<", StringComparison.Ordinal);
        var file = ReadBack.Of(ClaimXml.Remittance(ClaimXml.RemittedClaim(content: takeBack), ClaimXml.RemittedClaim()));

        Assert.Equal([("C1", -80m), ("C1", 80m)], file.Remitted.Select(c => (c.Id, c.Activities[0].PaymentAmount)));
        Assert.Empty(file.Outcome.Warnings);
    }

    [Theory]
    [InlineData("<ID>C1</ID>", "", null, "required", "Claim/ID is missing or empty")]
    [InlineData("<ID>A1</ID>", "", "C1", "required", "Activity/ID is missing or empty")]
    [InlineData("<Net>90.5</Net>", "", "C1", "required", "Activity/Net is missing or empty")]
    [InlineData("<PaymentAmount>80</PaymentAmount>", "<PaymentAmount/>", "C1", "required", "Activity/PaymentAmount is missing or empty")]
    [InlineData("<PaymentAmount>80</PaymentAmount>", "<PaymentAmount>8O</PaymentAmount>", "C1", "amount", "Activity/PaymentAmount is not a number of at most 28 digits")]
    [InlineData("<Quantity>1</Quantity>", "<Quantity>x</Quantity>", "C1", "amount", "Activity/Quantity is not a number of at most 28 digits")]
    [InlineData("<Start>14/02/2025 07:05</Start>", "<Start>2025-02-14</Start>", "C1", "date", "Activity/Start is not a date in the form dd/MM/yyyy HH:mm")]
    [InlineData("<IDPayer>", "<DateSettlement>x</DateSettlement><IDPayer>", "C1", "date", "Claim/DateSettlement is not a date in the form dd/MM/yyyy HH:mm")]
    [InlineData(ClaimXml.RemittedActivity, "<Encounter/>", "C1", "required", "Claim/Activity is missing or empty")]
    public void Read_FaultyClaim_IsLeftOutAndTheRestKept(string part, string instead, string? id, string rule, string reason)
    {
        var claim = ClaimXml.RemittedClaim();
        Assert.Contains(part, claim, StringComparison.Ordinal);
        var file = ReadBack.Of(ClaimXml.Remittance(claim.Replace(part, instead, StringComparison.Ordinal), ClaimXml.RemittedClaim("C2")));

        Assert.Equal(FileStatus.Stored, file.Outcome.Status);
        Assert.Equal(("C2", 2), file.Remitted.Select(c => (c.Id, c.Position)).Single());
        Assert.Equal(new ClaimError(1, id, 1, rule, reason), Assert.Single(file.Errors));
    }
}
