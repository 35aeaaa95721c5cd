using Claims.Ingestion.Reading;
using Claims.Ingestion.Storage;

namespace Claims.Ingestion.Tests.Reading;

public class SubmissionParserTests
{
    private static readonly TimeSpan Dubai = TimeSpan.FromHours(4);

    [Fact]
    public void Read_FullClaim_KeepsEveryElement()
    {
        var file = ReadBack.Of(ClaimXml.Submission("""
            <Claim>
              <ID> C 1/2-3.4 </ID><IDPayer>IP1</IDPayer><MemberID>M1</MemberID><PayerID>INS001</PayerID><ProviderID>DHA-F-0000001</ProviderID>
              <EmiratesIDNumber>111-1111-1111111-1</EmiratesIDNumber><Gross>1.5E+2</Gross><PatientShare>-0.25</PatientShare><Net>12.3456</Net>
              <Encounter><FacilityID>DHA-F-0000001</FacilityID><Type>1</Type><PatientID>P1</PatientID><Start>14/02/2025 7:5</Start><End>14/02/2025 08:00</End>
                <StartType>1</StartType><EndType>2</EndType><TransferSource>here</TransferSource><TransferDestination>there</TransferDestination></Encounter>
              <Diagnosis><Type>Principal</Type><Code>J00</Code><DxInfo><Type>POA</Type><Code>Y</Code></DxInfo></Diagnosis>
              <Diagnosis><Code>J01</Code><Type>Secondary</Type></Diagnosis>
              <Activity><ID>A1</ID><Start>14/02/2025</Start><Type>3</Type><Code>99213</Code><Quantity>2</Quantity><Net>12.00</Net><Clinician>DHA-P-0000001</Clinician>
                <PriorAuthorizationID>PA1</PriorAuthorizationID>
                <Observation><Type>ROM</Type><Code>ROMCode</Code><Value>2</Value><ValueType>RiskOfMortality</ValueType></Observation>
                <Observation/><Observation><Type/><Code> </Code></Observation>
                <Observation><Type>file</Type><Code>PDF</Code><Value> AQID
                BA== </Value></Observation>
              </Activity>
              <Resubmission><Type>correction</Type><Comment>again</Comment><Attachment>AQ==</Attachment></Resubmission>
              <Contract><PackageName>Gold</PackageName></Contract>
            </Claim>
            """));

        Assert.Equal(FileStatus.Stored, file.Outcome.Status);
        Assert.Equal(ClaimFileKind.Submission, file.Outcome.Kind);
        Assert.Empty(file.Outcome.Warnings);
        Assert.Empty(file.Errors);
        var claim = Assert.Single(file.Submitted);
        Assert.Equal(
            (1, "C 1/2-3.4", "IP1", "M1", "INS001", "DHA-F-0000001", "111-1111-1111111-1", "Gold"),
            (claim.Position, claim.Id, claim.IdPayer, claim.MemberId, claim.PayerId, claim.ProviderId, claim.EmiratesId, claim.PackageName));
        Assert.Equal((150m, -0.25m, 12.3456m), (claim.Gross, claim.PatientShare, claim.Net));

        var encounter = claim.Encounter!;
        Assert.Equal(
            ("DHA-F-0000001", "1", "P1", "1", "2", "here", "there"),
            (encounter.FacilityId, encounter.Type, encounter.PatientId, encounter.StartType, encounter.EndType, encounter.TransferSource, encounter.TransferDestination));
        Assert.Equal(new DateTimeOffset(2025, 2, 14, 7, 5, 0, Dubai), encounter.Start);
        Assert.Equal(Dubai, encounter.Start!.Value.Offset);
        Assert.Equal(new DateTimeOffset(2025, 2, 14, 8, 0, 0, Dubai), encounter.End);

        Assert.Equal([("Principal", "J00"), ("Secondary", "J01")], claim.Diagnoses.Select(d => (d.Type, d.Code)));
        var activity = Assert.Single(claim.Activities);
        Assert.Equal(
            ("A1", "3", "99213", 2m, 12m, "DHA-P-0000001", "PA1"),
            (activity.Id, activity.Type, activity.Code, activity.Quantity, activity.Net, activity.Clinician, activity.PriorAuthorizationId));
        Assert.Equal(new DateTimeOffset(2025, 2, 14, 0, 0, 0, Dubai), activity.Start);

        Assert.Equal(2, activity.Observations.Count);
        var rom = activity.Observations[0];
        Assert.Equal(("ROM", "ROMCode", "2", "RiskOfMortality"), (rom.Type, rom.Code, rom.Value, rom.ValueType));
        Assert.Null(rom.Content);
        Assert.Null(activity.Observations[1].Value);
        Assert.Equal(new byte[] { 1, 2, 3, 4 }, activity.Observations[1].Content);

        Assert.Equal(("correction", "again"), (claim.Resubmission!.Type, claim.Resubmission.Comment));
        Assert.Equal(new byte[] { 1 }, claim.Resubmission.Attachment);
    }

    [Theory]
    [InlineData("<Encounter/><Resubmission/><Contract/><Diagnosis/>")]
    [InlineData("<Encounter></Encounter><Resubmission> </Resubmission><Contract> </Contract><Diagnosis>\n</Diagnosis>")]
    [InlineData("<Encounter><Type/><Start/></Encounter><Resubmission><Type></Type><Attachment/></Resubmission><Contract><PackageName/></Contract><Diagnosis><Code/></Diagnosis>")]
    [InlineData("<!-- <Claim> --><Encounter><!-- x --></Encounter><?pi <Claim>?><Resubmission><?pi?></Resubmission>")]
    [InlineData("<IDPayer/><MemberID></MemberID><Other><Claim><ID>X</ID></Claim><Net>1</Net></Other><Comments>\n</Comments>")]
    public void Read_EmptyOrUnknownBlocks_AreAbsentAndSwallowNothing(string block)
    {
        var file = ReadBack.Of(ClaimXml.Submission(
            ClaimXml.Claim("C1", block + ClaimXml.Activity),
            ClaimXml.Claim("C2", ClaimXml.Activity + block),
            ClaimXml.Claim("C3")));

        Assert.Equal(["C1", "C2", "C3"], file.Submitted.Select(c => c.Id));
        Assert.All(file.Submitted, c =>
        {
            Assert.Null(c.Encounter);
            Assert.Null(c.Resubmission);
            Assert.Null(c.PackageName);
            Assert.Null(c.IdPayer);
            Assert.Null(c.MemberId);
            Assert.Empty(c.Diagnoses);
            Assert.Equal(90.5m, c.Net);
            Assert.Single(c.Activities);
        });
        Assert.Empty(file.Outcome.Warnings);
    }

    [Theory]
    [InlineData("<PayerID>INS001</PayerID>", "", "required", "Claim/PayerID is missing or empty")]
    [InlineData("<PayerID>INS001</PayerID>", "<PayerID> </PayerID>", "required", "Claim/PayerID is missing or empty")]
    [InlineData("<ProviderID>DHA-F-0000001</ProviderID>", "<ProviderID/>", "required", "Claim/ProviderID is missing or empty")]
    [InlineData("<Gross>100</Gross>", "", "required", "Claim/Gross is missing or empty")]
    [InlineData("<Gross>100</Gross>", "<Gross>NaN</Gross>", "amount", "Claim/Gross is not a number of at most 28 digits")]
    [InlineData("<Gross>100</Gross>", "<Gross>1,000</Gross>", "amount", "Claim/Gross is not a number of at most 28 digits")]
    [InlineData("<PatientShare>9.50</PatientShare>", "<PatientShare>INF</PatientShare>", "amount", "Claim/PatientShare is not a number of at most 28 digits")]
    [InlineData("<Net>90.5</Net><Activity>", "<Activity>", "required", "Claim/Net is missing or empty")]
    [InlineData("<Start>14/02/2025 07:05</Start>", "<Start>31/02/2025 07:05</Start>", "date", "Activity/Start is not a date in the form dd/MM/yyyy HH:mm")]
    [InlineData("<Start>14/02/2025 07:05</Start>", "", "required", "Activity/Start is missing or empty")]
    [InlineData("<ID>A1</ID>", "", "required", "Activity/ID is missing or empty")]
    [InlineData("<Code>99213</Code>", "<Code/>", "required", "Activity/Code is missing or empty")]
    [InlineData("<Quantity>1</Quantity>", "", "required", "Activity/Quantity is missing or empty")]
    [InlineData("<Quantity>1</Quantity>", "<Quantity>one</Quantity>", "amount", "Activity/Quantity is not a number of at most 28 digits")]
    [InlineData("<Net>90.5</Net><Clinician>", "<Clinician>", "required", "Activity/Net is missing or empty")]
    [InlineData("<Activity>", "<Encounter><Start>soon</Start></Encounter><Activity>", "date", "Encounter/Start is not a date in the form dd/MM/yyyy HH:mm")]
    [InlineData("<Activity>", "<Encounter><End>01/01/1899</End></Encounter><Activity>", "date", "Encounter/End is not a date in the form dd/MM/yyyy HH:mm")]
    [InlineData(ClaimXml.Activity, "", "required", "Claim/Activity is missing or empty")]
    [InlineData(ClaimXml.Activity, "<Activity/>", "required", "Activity/ID is missing or empty")]
    public void Read_FaultyClaim_IsLeftOutAndTheRestKept(string part, string instead, string rule, string reason)
    {
        var claim = ClaimXml.Claim("C2");
        Assert.Contains(part, claim, StringComparison.Ordinal);
        var file = ReadBack.Of(ClaimXml.Submission(ClaimXml.Claim("C1"), "\n" + claim.Replace(part, instead, StringComparison.Ordinal), "\n" + ClaimXml.Claim("C3")));

        Assert.Equal(FileStatus.Stored, file.Outcome.Status);
        Assert.Empty(file.Outcome.Warnings);
        Assert.Equal([("C1", 1), ("C3", 3)], file.Submitted.Select(c => (c.Id, c.Position)));
        Assert.Equal(new ClaimError(2, "C2", 2, rule, reason), Assert.Single(file.Errors));
    }

    [Theory]
    [InlineData("<Claim/>", null, 1, "required", "Claim/ID is missing or empty")]
    [InlineData("<Claim><ID/></Claim>", null, 1, "required", "Claim/ID is missing or empty")]
    [InlineData("<Claim>\n<Gross>x</Gross><Activity><ID>A9</ID></Activity>\n<ID>LATE</ID></Claim>", "LATE", 2, "amount", "Claim/Gross is not a number of at most 28 digits")]
    public void Read_ClaimThatCannotBeUsed_NamesLineAndIdWhereItCan(string claim, string? id, int line, string rule, string reason)
    {
        var file = ReadBack.Of(ClaimXml.Submission(claim, ClaimXml.Claim("C2")));

        Assert.Equal(new ClaimError(1, id, line, rule, reason), Assert.Single(file.Errors));
        Assert.Equal("C2", Assert.Single(file.Submitted).Id);
    }

    [Fact]
    public void Read_LongIdentifiersAndTexts_LeaveTheClaimOut()
    {
        var options = new ReadingOptions();
        var longest = new string('i', options.MaxIdentifierLength);
        var text = new string('t', options.MaxTextLength);
        var file = ReadBack.Of(ClaimXml.Submission(
            ClaimXml.Claim($"  {longest}{new string(' ', 5000)}", $"<Resubmission><Comment>{new string('\n', 9000)}{text}  </Comment></Resubmission>{ClaimXml.Activity}"),
            ClaimXml.Claim(longest + "i"),
            ClaimXml.Claim("C3", ClaimXml.Activity.Replace("99213", longest + "i", StringComparison.Ordinal)),
            ClaimXml.Claim("C4", $"<Resubmission><Comment>{text}t</Comment></Resubmission>{ClaimXml.Activity}"),
            ClaimXml.Claim("C5", Observed($"<Type>Text</Type><Value>{text}t</Value>")),
            ClaimXml.Claim("C6", Observed($"<Value>{text}t</Value><Type>Text</Type>")),
            ClaimXml.Claim("C7", Observed($"<Value> {text} {new string(' ', 70000)}</Value>")),
            ClaimXml.Claim("C8", $"<Resubmission><Comment>{new string(' ', 70000)}t{new string(' ', 70000)}t</Comment></Resubmission>{ClaimXml.Activity}")));

        Assert.Equal([longest, "C7"], file.Submitted.Select(c => c.Id));
        Assert.Equal(text, file.Submitted[0].Resubmission!.Comment);
        Assert.Equal(text, file.Submitted[1].Activities[0].Observations[0].Value);
        Assert.Equal(
            [(2, null, "identifier-length"), (3, "C3", "identifier-length"), (4, "C4", "text-length"), (5, "C5", "text-length"), (6, "C6", "text-length"), (8, "C8", "text-length")],
            file.Errors.Select(e => (e.Position, e.ClaimId, e.Rule)));
        Assert.Equal("Claim/ID is longer than 200 characters", file.Errors[0].Reason);
        Assert.Equal("Observation/Value is longer than 65536 characters", file.Errors[3].Reason);
    }

    [Theory]
    [InlineData("<Type>File</Type><Value>{0}</Value>")]
    [InlineData("<Value>{0}</Value><Type>FILE</Type>")]
    [InlineData("<Value><![CDATA[{0}]]></Value><Code>PDF</Code><Type> File </Type>")]
    public void Read_FileObservation_IsDecodedWhateverTheOrder(string observation)
    {
        var bytes = new byte[300_001];
        new Random(7).NextBytes(bytes);
        var base64 = Convert.ToBase64String(bytes, Base64FormattingOptions.InsertLineBreaks);
        var file = ReadBack.Of(ClaimXml.Submission(ClaimXml.Claim("C1", Observed(string.Format(null, observation, base64)))));

        var read = Assert.Single(Assert.Single(file.Submitted).Activities[0].Observations);
        Assert.Equal(bytes, read.Content);
        Assert.Null(read.Value);
        Assert.Empty(file.Outcome.Warnings);
    }

    [Theory]
    [InlineData("AQI")]
    [InlineData("AQ==AQ==")]
    [InlineData("A Q = = =")]
    [InlineData("not base64!")]
    public void Read_BadBase64_KeepsTheClaimWithAWarning(string value)
    {
        var file = ReadBack.Of(ClaimXml.Submission(ClaimXml.Claim("C1"), "\n" + ClaimXml.Claim("C2", Observed($"<Type>File</Type><Code>PDF</Code>\n<Value>{value}</Value>")
            + $"<Resubmission><Type>correction</Type><Attachment>{value}</Attachment></Resubmission>")));

        Assert.Equal(2, file.Submitted.Count);
        Assert.Null(file.Submitted[1].Activities[0].Observations[0].Content);
        Assert.Null(file.Submitted[1].Activities[0].Observations[0].Value);
        Assert.Null(file.Submitted[1].Resubmission!.Attachment);
        Assert.Equal(
            [
                "claim 2, line 3: the attachment in Observation/Value is not valid base64 and was left out",
                "claim 2, line 3: the attachment in Resubmission/Attachment is not valid base64 and was left out",
            ],
            file.Outcome.Warnings);
    }

    [Theory]
    [InlineData(2000, true)]
    [InlineData(2001, false)]
    [InlineData(900_000, false)]
    public void Read_AttachmentOverTheLimit_IsLeftOutWithAWarning(int length, bool kept)
    {
        var options = new ReadingOptions { MaxAttachmentBytes = 2000 };
        var file = ReadBack.Of(ClaimXml.Submission(ClaimXml.Claim("C1", Observed($"<Type>File</Type><Value>{Convert.ToBase64String(new byte[length])}</Value>"))), options);

        var content = Assert.Single(file.Submitted).Activities[0].Observations[0].Content;
        Assert.Equal(kept ? length : null, content?.Length);
        Assert.Equal(kept ? 0 : 1, file.Outcome.Warnings.Count);
    }

    [Fact]
    public void Read_RepeatedIds_KeepsAllInOrder()
    {
        var file = ReadBack.Of(ClaimXml.Submission(
            ClaimXml.Claim("C1", ClaimXml.Activity + ClaimXml.Activity),
            ClaimXml.Claim("C2"),
            "\n" + ClaimXml.Claim("C1", net: "<Net>1</Net>")));

        Assert.Equal([("C1", 90.5m), ("C2", 90.5m), ("C1", 1m)], file.Submitted.Select(c => (c.Id, c.Net)));
        Assert.Equal(["A1", "A1"], file.Submitted[0].Activities.Select(a => a.Id));
        Assert.Equal(["claim 3, line 2: an earlier claim of the file has the same id"], file.Outcome.Warnings);
    }

    [Fact]
    public void Read_ManyWarnings_KeepsAHundredAndCountsTheRest()
    {
        var file = ReadBack.Of(ClaimXml.Submission([.. Enumerable.Repeat(ClaimXml.Claim(), 151)]));

        Assert.Equal(ReadOutcome.MaxWarnings, file.Outcome.Warnings.Count);
        Assert.StartsWith("claim 100,", file.Outcome.Warnings[98], StringComparison.Ordinal);
        Assert.Equal("and 51 more warnings", file.Outcome.Warnings[99]);
    }

    [Fact]
    public void Read_AttachmentsThatFillMemory_AreLeftOut()
    {
        var options = new ReadingOptions { MaxAttachmentBytes = 1024 * 1024, MaxTextLength = 2000 };
        var attachment = Convert.ToBase64String(new byte[options.MaxAttachmentBytes]);
        var many = ClaimXml.Activity.Replace("</Activity>", string.Concat(Enumerable.Repeat($"<Observation><Type>File</Type><Value>{attachment}</Value></Observation>", 9)) + "</Activity>", StringComparison.Ordinal);

        var file = ReadBack.Of(ClaimXml.Submission(ClaimXml.Claim("C1", many), ClaimXml.Claim("C2")), options);

        Assert.Equal(["C1", "C2"], file.Submitted.Select(c => c.Id));
        Assert.Equal(8, file.Submitted[0].Activities[0].Observations.Count(o => o.Content is not null));
        Assert.Equal(9, file.Submitted[0].Activities[0].Observations.Count);
        Assert.Single(file.Outcome.Warnings);
    }

    [Fact]
    public void Read_ClaimThatFillsMemory_IsLeftOut()
    {
        var options = new ReadingOptions { MaxAttachmentBytes = 1024, MaxTextLength = 2000 };
        var many = string.Concat(Enumerable.Repeat("<Diagnosis><Code>J00</Code></Diagnosis>", 40_000)) + ClaimXml.Activity;

        var file = ReadBack.Of(ClaimXml.Submission(ClaimXml.Claim("C1", many), ClaimXml.Claim("C2")), options);

        Assert.Equal("C2", Assert.Single(file.Submitted).Id);
        Assert.Equal(("C1", "claim-size"), file.Errors.Select(e => (e.ClaimId, e.Rule)).Single());
    }

    [Fact]
    public void ReadSlice_LargeAttachments_EndTheSliceEarly()
    {
        var claim = ClaimXml.Claim(content: $"{ClaimXml.Activity}<Resubmission><Attachment>{Convert.ToBase64String(new byte[3 * 1024 * 1024])}</Attachment></Resubmission>");
        IEnumerable<string> parts = ["<Claim.Submission>" + ClaimXml.Header("8"), .. Enumerable.Repeat(claim, 8), "</Claim.Submission>"];
        using var reading = new EClaimLinkReader().Read(() => new PatternStream(parts), new ReadingOptions());

        var file = ReadBack.Of(reading);

        Assert.Equal([6, 2], file.Slices.Select(s => s.Submitted.Count));
        Assert.All(file.Submitted, c => Assert.Equal(3 * 1024 * 1024, c.Resubmission!.Attachment!.Length));
    }

    private static string Observed(string content) =>
        ClaimXml.Activity.Replace("</Activity>", $"<Observation>{content}</Observation></Activity>", StringComparison.Ordinal);
}
