using System.Text;
using Claims.Ingestion.Reading;
using Claims.Ingestion.Storage;

namespace Claims.Ingestion.Tests.Reading;

public class EClaimLinkReaderTests
{
    private static readonly string Good = ClaimXml.Submission(ClaimXml.Claim());

    public static TheoryData<string, string> Broken => new()
    {
        { "", "the file is empty" },
        { " \r\n\t ", "the file is empty" },
        { "<?xml version=\"1.0\"?>\n", "the file is empty" },
        { "<!-- only a comment -->", "not well-formed XML at line 1, column 1: no root element" },
        { Good + "\n" + Good, "not well-formed XML at line 2, column 2: a second root element" },
        { Good + "\ntext", "not well-formed XML at line 2, column 1: text outside the root element" },
        { Good.Replace("</Claim.Submission>", "\n", StringComparison.Ordinal), "not well-formed XML at line 2, column 1: the file ends before its elements are closed" },
        { Good.Replace("</Claim>", "</Clam>", StringComparison.Ordinal), $"not well-formed XML at line 1, column {Good.IndexOf("</Claim>", StringComparison.Ordinal) + 3}: an end tag that does not match its start tag" },
        { ClaimXml.Root("Claim.Submission", "\n" + ClaimXml.Header(receiver: "IN\u0001") + ClaimXml.Claim()), "the header cannot be used: Header/ReceiverID holds a character that XML does not allow, or bytes that are not valid in the file's encoding (line 2)" },
        { Good.Replace("<Gross>", "\n<Gr\0oss>", StringComparison.Ordinal), "not well-formed XML at line 2, column 4: a character that XML does not allow, or bytes that are not valid in the file's encoding" },
        { Good.Replace("<Claim>", "x\n&#0;\n<Claim>", StringComparison.Ordinal), "a character that XML does not allow, outside the claims (at or after line 1, column 225)" },
        { Good.Replace("<Claim>", "<![CDATA[\u001F]]><Claim>", StringComparison.Ordinal), "a character that XML does not allow, outside the claims (at or after line 1, column 234)" },
        { Good.Replace("INS001", "\nA&nbsp;B", StringComparison.Ordinal), "not well-formed XML at line 2, column 3: an entity that is not declared" },
        { "<x:Claim.Submission/>", "not well-formed XML at line 1, column 2: a prefix that is not declared" },
        { "<html><head/></html>", "not a claim file: its root element is html" },
        { "<!DOCTYPE html>\n<html lang=\"en\"><head><meta charset=\"utf-8\"></head></html>", "not a claim file: its root element is html" },
        { "<!doctype html>\n<html><br></html>", "not a claim file: a web page (root html)" },
        { "<s:Envelope xmlns:s=\"urn:x\"><s:Body/></s:Envelope>", "not a claim file: its root element is Envelope" },
        { $"<{new string('r', 300)}/>", $"not a claim file: its root element is {new string('r', 100)}" },
        { "<claim.submission/>", "not a claim file: its root element is claim.submission" },
        { "<Claim.Submission/>", "the file has no Header" },
        { ClaimXml.Root("Claim.Submission", ClaimXml.Claim()), "the file has no Header" },
        { ClaimXml.Root("Claim.Submission", "<Other>" + ClaimXml.Header() + "</Other>" + ClaimXml.Claim()), "the file has no Header" },
        { ClaimXml.Root("Claim.Submission", "\n<Header/>"), "the header cannot be used: Header/SenderID is missing or empty (line 2)" },
        { ClaimXml.Root("Claim.Submission", ClaimXml.Header(sender: " ")), "the header cannot be used: Header/SenderID is missing or empty (line 1)" },
        { ClaimXml.Root("Claim.Submission", ClaimXml.Header(date: "")), "the header cannot be used: Header/TransactionDate is missing or empty (line 1)" },
        { ClaimXml.Root("Remittance.Advice", ClaimXml.Header(date: "yesterday")), "the header cannot be used: Header/TransactionDate is not a date in the form dd/MM/yyyy HH:mm (line 1)" },
        { ClaimXml.Root("Remittance.Advice", ClaimXml.Claim() + "\n" + ClaimXml.Header(date: "yesterday")), "the header cannot be used: Header/TransactionDate is not a date in the form dd/MM/yyyy HH:mm (line 2)" },
        { "<!DOCTYPE Claim.Submission [<!ENTITY a \"b\">]>" + Good, "the DOCTYPE declares entities (at or after line 1, column 11)" },
        { "<!DOCTYPE Claim.Submission [<!ENTITY % p SYSTEM \"http://127.0.0.1:1/x\">]>" + Good, "the DOCTYPE declares entities (at or after line 1, column 11)" },
        { $"<?xml version=\"1.0\" encoding=\"klingon-1\"?>{Good}", "the XML declaration names an unknown encoding klingon-1" },
        { $"<?xml version=\"1.0\" encoding=\"<secret>\"?>{Good}", "the XML declaration names an unknown encoding" },
    };

    [Theory]
    [MemberData(nameof(Broken), DisableDiscoveryEnumeration = true)]
    public void Read_FileThatCannotBeRead_IsQuarantinedWithTheReason(string xml, string reason)
    {
        var file = ReadBack.Of(xml);

        Assert.Equal((FileStatus.Quarantined, reason), (file.Outcome.Status, file.Outcome.Reason));
    }

    [Fact]
    public void Read_BillionLaughs_IsQuarantinedUnexpanded()
    {
        var entities = string.Concat(Enumerable.Range(1, 20).Select(i => $"<!ENTITY e{i} \"&e{i - 1};&e{i - 1};&e{i - 1};&e{i - 1};\">"));
        foreach (var use in new[] { "", "<!ATTLIST Claim a CDATA \"&e20;\">" })
        {
            var file = ReadBack.Of($"<!DOCTYPE Claim.Submission [<!ENTITY e0 \"ha\">{entities}{use}]>" + ClaimXml.Submission(ClaimXml.Claim("&e20;")));
            Assert.Equal(FileStatus.Quarantined, file.Outcome.Status);
            Assert.Contains("entities", file.Outcome.Reason, StringComparison.Ordinal);
        }
    }

    [Theory]
    [InlineData("<!DOCTYPE Claim.Submission>")]
    [InlineData("<!DOCTYPE Claim.Submission SYSTEM \"http://127.0.0.1:1/claims.dtd\">")]
    [InlineData("<!DOCTYPE Claim.Submission PUBLIC \"-//x//y\" \"file:///nowhere/claims.dtd\">")]
    [InlineData("<!DOCTYPE Claim.Submission [<!-- it's \"fine\" --><!ELEMENT Claim ANY><!ELEMENT Net (#PCDATA)><!ATTLIST Claim a CDATA \"x>y\" b (c|d) 'c'>]>")]
    public void Read_DoctypeWithoutEntities_IsIgnored(string doctype)
    {
        var file = ReadBack.Of($"<?xml version=\"1.0\"?>\n{doctype}\n{Good}");

        Assert.Equal(FileStatus.Stored, file.Outcome.Status);
        Assert.Equal("C1", Assert.Single(file.Submitted).Id);
        Assert.Empty(file.Outcome.Warnings);
    }

    [Theory]
    [InlineData("Prior.Request")]
    [InlineData("Prior.Authorization")]
    [InlineData("Person.Register")]
    public void Read_OtherKind_IsSkipped(string root)
    {
        var file = ReadBack.Of($"<?xml version=\"1.0\"?><p:{root} xmlns:p=\"urn:x\"><Header/></p:{root}>");

        Assert.Equal((FileStatus.Skipped, $"unsupported kind {root}"), (file.Outcome.Status, file.Outcome.Reason));
    }

    [Theory]
    [InlineData("TEST", true)]
    [InlineData(" test ", true)]
    [InlineData("PRODUCTION", false)]
    [InlineData("", false)]
    public void Read_TestFile_IsSkippedUnlessAskedFor(string flag, bool test)
    {
        foreach (var content in new[] { ClaimXml.Header(flag: flag) + ClaimXml.Claim(), ClaimXml.Claim() + ClaimXml.Header(flag: flag) })
        {
            var xml = ClaimXml.Root("Claim.Submission", content);
            var file = ReadBack.Of(xml);
            Assert.Equal(test ? FileStatus.Skipped : FileStatus.Stored, file.Outcome.Status);
            Assert.Equal(test ? "test file" : null, file.Outcome.Reason);
            Assert.Equal("DHA-F-0000001", file.Outcome.Header!.SenderId);

            Assert.Equal(FileStatus.Stored, ReadBack.Of(xml, new ReadingOptions { StoreTestFiles = true }).Outcome.Status);
        }
    }

    [Fact]
    public void Read_Header_IsInTheOutcome()
    {
        var header = ReadBack.Of(Good).Outcome.Header!;

        Assert.Equal(("DHA-F-0000001", "INS001", 1, "PRODUCTION"), (header.SenderId, header.ReceiverId, header.RecordCount, header.DispositionFlag));
        Assert.Equal(new DateTimeOffset(2025, 2, 15, 10, 30, 0, TimeSpan.FromHours(4)), header.TransactionDate);
    }

    [Theory]
    [InlineData("3", null)]
    [InlineData("2", "Header/RecordCount says 2; 3 claims were found")]
    [InlineData("", "Header/RecordCount is missing or unreadable; 3 claims were found")]
    [InlineData("-3", "Header/RecordCount is missing or unreadable; 3 claims were found")]
    [InlineData("99999999999", "Header/RecordCount is missing or unreadable; 3 claims were found")]
    public void Read_RecordCount_IsComparedWithAllClaimsFound(string count, string? warning)
    {
        var file = ReadBack.Of(ClaimXml.Root("Claim.Submission", ClaimXml.Header(count) + ClaimXml.Claim("C1") + "<Claim/>" + ClaimXml.Claim("C3")));

        Assert.Equal(FileStatus.Stored, file.Outcome.Status);
        Assert.Equal(warning is null ? [] : [warning], file.Outcome.Warnings);
    }

    [Fact]
    public void Read_HeaderAfterClaims_IsFound()
    {
        var file = ReadBack.Of(ClaimXml.Root("Remittance.Advice", ClaimXml.RemittedClaim(provider: "") + ClaimXml.RemittedClaim("C2") + ClaimXml.Header("2")), maxClaims: 1);

        Assert.Equal(FileStatus.Stored, file.Outcome.Status);
        Assert.Empty(file.Outcome.Warnings);
        Assert.Equal([("C1", "INS001"), ("C2", "DHA-F-0000001")], file.Remitted.Select(c => (c.Id, c.ProviderId)));
    }

    [Theory]
    [InlineData("<t:Claim.Submission xmlns:t=\"urn:x\" xmlns:tns=\"urn:unused\">", "</t:Claim.Submission>")]
    [InlineData("<Claim.Submission xmlns=\"urn:x\" xmlns:xsi=\"http://www.w3.org/2001/XMLSchema-instance\" xsi:noNamespaceSchemaLocation=\"http://127.0.0.1:1/a.xsd\">", "</Claim.Submission>")]
    [InlineData("<!-- <Remittance.Advice> --><?pi <Prior.Request>?><Claim.Submission a=\"x>y\" b='\"<!--'.replace>", "</Claim.Submission>")]
    public void Read_NamespacesAndComments_ChangeNothing(string start, string end)
    {
        var file = ReadBack.Of(start.Replace(" b='\"<!--'.replace", " b='\"&lt;!--'", StringComparison.Ordinal) + "<!-- c -->" + ClaimXml.Header() + "<?pi?>" + ClaimXml.Claim() + end + "<!-- after -->\n");

        Assert.Equal(FileStatus.Stored, file.Outcome.Status);
        Assert.Equal("C1", Assert.Single(file.Submitted).Id);
    }

    [Theory]
    [InlineData(1, 5)]
    [InlineData(2, 3)]
    [InlineData(5, 1)]
    [InlineData(6, 1)]
    public void ReadSlice_Limit_IsKept(int maxClaims, int slices)
    {
        var file = ReadBack.Of(ClaimXml.Submission(ClaimXml.Claim("C1"), "<Claim/>", ClaimXml.Claim("C3"), ClaimXml.Claim("C4"), "<Claim/>"), maxClaims: maxClaims);

        Assert.Equal(slices, file.Slices.Count);
        Assert.Equal([1, 3, 4], file.Submitted.Select(c => c.Position));
        Assert.Equal([2, 5], file.Errors.Select(e => e.Position));
    }

    [Fact]
    public void ReadSlice_AfterTheEnd_StaysEnded()
    {
        using var reading = new EClaimLinkReader().Read(() => new MemoryStream(Encoding.UTF8.GetBytes(Good)), new ReadingOptions());
        var token = TestContext.Current.CancellationToken;

        Assert.NotNull(reading.ReadSlice(10, token));
        Assert.Null(reading.Outcome);
        Assert.Null(reading.ReadSlice(10, token));
        Assert.Null(reading.ReadSlice(10, token));
        Assert.Equal(FileStatus.Stored, reading.Outcome!.Status);
    }

    [Fact]
    public void ReadSlice_Cancelled_Throws()
    {
        using var cancellation = new CancellationTokenSource();
        var claims = string.Concat(Enumerable.Repeat(ClaimXml.Claim(), 1000));
        var content = new CancellingStream(Encoding.UTF8.GetBytes(ClaimXml.Root("Claim.Submission", ClaimXml.Header() + $"<Other>{claims}</Other>" + claims)), cancellation);
        using var reading = new EClaimLinkReader().Read(() => content, new ReadingOptions());

        Assert.Throws<OperationCanceledException>(() => reading.ReadSlice(10, cancellation.Token));
    }

    [Fact]
    public void ReadSlice_StorageFails_Throws()
    {
        using var missing = new EClaimLinkReader().Read(() => throw new FileNotFoundException(), new ReadingOptions());
        Assert.Throws<FileNotFoundException>(() => missing.ReadSlice(10, CancellationToken.None));

        using var failing = new EClaimLinkReader().Read(() => new FailingStream(), new ReadingOptions());
        Assert.Throws<IOException>(() => failing.ReadSlice(10, CancellationToken.None));
    }

    [Fact]
    public void Dispose_OpenedStream_IsClosed()
    {
        var streams = new List<MemoryStream>();
        var reading = new EClaimLinkReader().Read(
            () =>
            {
                streams.Add(new MemoryStream(Encoding.UTF8.GetBytes(ClaimXml.Root("Claim.Submission", ClaimXml.Claim() + ClaimXml.Header()))));
                return streams[^1];
            },
            new ReadingOptions());
        Assert.NotNull(reading.ReadSlice(1, TestContext.Current.CancellationToken));
        reading.Dispose();
        reading.Dispose();

        Assert.Equal(2, streams.Count);
        Assert.All(streams, s => Assert.False(s.CanRead));
    }

    [Fact]
    public void Read_NestedTooDeep_IsQuarantined()
    {
        string Nested(int depth) => ClaimXml.Root("Claim.Submission", ClaimXml.Header("0") + string.Concat(Enumerable.Repeat("<n>", depth - 1)) + string.Concat(Enumerable.Repeat("</n>", depth - 1)));

        Assert.Equal(FileStatus.Stored, ReadBack.Of(Nested(32)).Outcome.Status);
        var file = ReadBack.Of(Nested(33));
        Assert.Equal(FileStatus.Quarantined, file.Outcome.Status);
        Assert.StartsWith("elements are nested deeper than 32 (at or after line 1, column ", file.Outcome.Reason, StringComparison.Ordinal);
    }

    private sealed class CancellingStream(byte[] content, CancellationTokenSource cancellation) : MemoryStream(content)
    {
        public override int Read(Span<byte> buffer)
        {
            cancellation.Cancel();
            return base.Read(buffer);
        }

        public override int Read(byte[] buffer, int offset, int count)
        {
            cancellation.Cancel();
            return base.Read(buffer, offset, count);
        }
    }

    private sealed class FailingStream : MemoryStream
    {
        public override int Read(byte[] buffer, int offset, int count) => throw new IOException("disk");

        public override int Read(Span<byte> buffer) => throw new IOException("disk");
    }
}
