using System.Text;
using Claims.Ingestion.Storage;

namespace Claims.Ingestion.Tests.Reading;

public class ForbiddenCharacterTests
{
    // The elements whose text is read, and where their text begins.
    private static readonly string[] SubmissionValues =
        ["Claim/ID", "PayerID", "EmiratesIDNumber", "Gross", "Start", "Code", "Quantity", "Clinician", "Value", "ValueType", "Comment", "PackageName", "FacilityID"];

    private static readonly string[] Forbidden =
    [
        .. Enumerable.Range(0, 0x20).Where(c => c is not (9 or 10 or 13)).SelectMany(c => new[] { $"{(char)c}", $"&#{c};", $"&#x{c:X};" }),
        "\uFDD0", "\uFFFE", "\uFFFF", "&#xFDD0;", "&#xFFFE;", "&#xFFFF;", "&#xD800;", "&#xDC00;", "&#xDC00;&#xD800;", "\0\0", "<![CDATA[\u0001]]>",
    ];

    public static TheoryData<string> Values => [.. SubmissionValues];

    [Theory]
    [MemberData(nameof(Values))]
    public void Read_ForbiddenCharacterAnywhereInAValue_LeavesOutOnlyItsClaim(string path)
    {
        var element = path.Split('/')[^1];
        foreach (var text in Forbidden)
        {
            foreach (var place in new[] { 0, 1, 1000 })
            {
                var claim = Full("C2");
                var start = claim.IndexOf($"<{element}>", StringComparison.Ordinal) + element.Length + 2;
                var at = Math.Min(start + place, claim.IndexOf('<', start));
                var file = ReadBack.Of(ClaimXml.Submission(Full("C1"), "\n" + claim.Insert(at, text), "\n" + Full("C3")));

                Assert.Equal((FileStatus.Stored, null), (file.Outcome.Status, file.Outcome.Reason));
                Assert.Equal(["C1", "C3"], file.Submitted.Select(c => c.Id));
                var error = Assert.Single(file.Errors);
                Assert.Equal((2, element == "ID" ? null : "C2", 2, "character"), (error.Position, error.ClaimId, error.Line, error.Rule));
                Assert.Contains($"{element} holds a character that XML does not allow", error.Reason, StringComparison.Ordinal);
            }
        }
    }

    [Theory]
    [InlineData("ID")]
    [InlineData("PaymentReference")]
    [InlineData("PaymentAmount")]
    public void Read_ForbiddenCharacterInARemittance_LeavesOutOnlyItsClaim(string element)
    {
        var bad = ClaimXml.RemittedClaim("C2").Replace($"<{element}>", $"<{element}>&#0;", StringComparison.Ordinal);

        var file = ReadBack.Of(ClaimXml.Remittance(ClaimXml.RemittedClaim("C1"), "\n" + bad, ClaimXml.RemittedClaim("C3")));

        Assert.Equal(["C1", "C3"], file.Remitted.Select(c => c.Id));
        Assert.Equal((2, 2, "character"), file.Errors.Select(e => (e.Position, e.Line, e.Rule)).Single());
    }

    [Fact]
    public void Read_PairsOfSurrogatesAndOtherScripts_AreKept()
    {
        // Long enough that pairs lie across the pieces in which text is read.
        foreach (var shift in new[] { "", "x" })
        {
            var text = shift + string.Concat(Enumerable.Repeat("\U0001F600\uFDFC\uFB50\u0645", 6000)) + "\uFFFD";

            var file = ReadBack.Of(ClaimXml.Submission(ClaimXml.Claim("C1", ClaimXml.Activity + $"<Resubmission><Comment>{text}</Comment></Resubmission>")));

            Assert.Null(file.Outcome.Reason);
            Assert.Equal(text, Assert.Single(file.Submitted).Resubmission!.Comment);
        }

        Assert.Equal("\U0001F600", Assert.Single(ReadBack.Of(ClaimXml.Submission(ClaimXml.Claim("&#xD83D;&#xDE00;"))).Submitted).Id);
    }

    [Fact]
    public void Read_ForbiddenCharacterWhereNobodyReads_ChangesNothing()
    {
        var claim = Full("C1").Replace("<PayerID>", "<Unknown a='\u0001'>\0</Unknown><!-- \u0002 -->&#3;<PayerID>", StringComparison.Ordinal);

        var file = ReadBack.Of(ClaimXml.Submission(claim));

        Assert.Equal("C1", Assert.Single(file.Submitted).Id);
        Assert.Empty(file.Errors);
    }

    [Fact]
    public void Read_ForbiddenCharacterInAnAttachment_LeavesOutTheAttachment()
    {
        var file = ReadBack.Of(ClaimXml.Submission(ClaimXml.Claim("C1", ClaimXml.Activity + "<Resubmission><Type>t</Type><Attachment>AAAA\0AAAA</Attachment></Resubmission>")));

        Assert.Null(Assert.Single(file.Submitted).Resubmission!.Attachment);
        Assert.Equal("claim 1, line 1: the attachment in Resubmission/Attachment is not valid base64 and was left out", Assert.Single(file.Outcome.Warnings));
    }

    [Fact]
    public void Read_Utf16WithNul_LeavesOutOnlyItsClaim()
    {
        var file = ReadBack.Of(Encoding.Unicode.GetBytes(ClaimXml.Submission(ClaimXml.Claim("C\0"), ClaimXml.Claim("C2"))));

        Assert.Equal("C2", Assert.Single(file.Submitted).Id);
        Assert.Equal("character", Assert.Single(file.Errors).Rule);
    }

    private static string Full(string id) => ClaimXml.Claim(
        id,
        "<Encounter><FacilityID>DHA-F-0000001</FacilityID></Encounter>"
        + ClaimXml.Activity.Replace("</Activity>", "<Observation><Type>Text</Type><Code>K</Code><Value>some text</Value><ValueType>Other</ValueType></Observation></Activity>", StringComparison.Ordinal)
        + "<Resubmission><Type>correction</Type><Comment>again</Comment></Resubmission><Contract><PackageName>Gold</PackageName></Contract>");
}
