using System.Text;
using Claims.Ingestion.Reading;
using Claims.Ingestion.Storage;

namespace Claims.Ingestion.Tests.Reading;

public class ContentEncodingTests
{
    private const string Comment = "ملاحظة";

    public static TheoryData<string, bool, string> Encodings => new()
    {
        { "utf-8", false, "" },
        { "utf-8", false, "<?xml version=\"1.0\"?>" },
        { "utf-8", true, "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\r\n" },
        { "utf-8", true, "<?xml version=\"1.0\" encoding=\"windows-1256\"?>" },
        { "utf-8", false, "<?xml version=\"1.0\" encoding=\"utf-16\"?>" },
        { "utf-8", false, "<?xml version='1.0' encoding = 'UTF-16LE' standalone='yes'?>" },
        { "utf-8", false, "\r\n  <?xml version=\"1.0\" encoding=\"utf-8\"?>\r\n" },
        { "utf-8", true, "\n<?xml\nversion=\"1.0\"\nencoding=\"utf-8\"?>" },
        { "utf-16", true, "<?xml version=\"1.0\" encoding=\"utf-16\"?>" },
        { "utf-16", true, "<?xml version=\"1.0\" encoding=\"utf-8\"?>" },
        { "utf-16", false, "<?xml version=\"1.0\" encoding=\"utf-16\"?>" },
        { "utf-16", false, "\n\n<?xml version=\"1.0\" encoding=\"utf-8\"?>" },
        { "utf-16", false, "" },
        { "utf-16BE", true, "<?xml version=\"1.0\" encoding=\"utf-16\"?>" },
        { "utf-16BE", false, "" },
        { "utf-32", true, "" },
        { "utf-32", false, "" },
        { "utf-32BE", true, "" },
        { "windows-1256", false, "<?xml version=\"1.0\" encoding=\"windows-1256\"?>" },
        { "iso-8859-6", false, "<?xml version=\"1.0\" encoding=\"ISO-8859-6\"?>" },
    };

    [Theory]
    [MemberData(nameof(Encodings), DisableDiscoveryEnumeration = true)]
    public void Detect_AnyEncoding_IsReadWhateverTheDeclarationSays(string name, bool mark, string declaration)
    {
        var encoding = CodePagesEncodingProvider.Instance.GetEncoding(name) ?? Encoding.GetEncoding(name);
        var xml = declaration + ClaimXml.Submission("\n<Claim/>" + ClaimXml.Claim("C1", ClaimXml.Activity + $"<Resubmission><Comment>{Comment}</Comment></Resubmission>"));
        byte[] bytes = [.. mark ? encoding.GetPreamble() : [], .. encoding.GetBytes(xml)];

        Assert.True(new EClaimLinkReader().Recognizes(bytes.AsSpan(0, 64)));
        var file = ReadBack.Of(bytes);

        Assert.Equal((FileStatus.Stored, null), (file.Outcome.Status, file.Outcome.Reason));
        Assert.Equal(Comment, Assert.Single(file.Submitted).Resubmission!.Comment);
        Assert.Equal(2 + declaration.Count(c => c == '\n'), Assert.Single(file.Errors).Line);
    }

    [Fact]
    public void Detect_BytesThatAreNotInTheEncoding_LeaveOutTheirClaim()
    {
        var bytes = Encoding.Latin1.GetBytes(ClaimXml.Submission("\n" + ClaimXml.Claim("C\u00e9"), ClaimXml.Claim("C2")));

        var file = ReadBack.Of(bytes);

        Assert.Equal("C2", Assert.Single(file.Submitted).Id);
        Assert.Equal(
            new ClaimError(1, null, 2, "character", "Claim/ID holds a character that XML does not allow, or bytes that are not valid in the file's encoding"),
            Assert.Single(file.Errors));
    }

    [Theory]
    [InlineData("<a/>", true)]
    [InlineData(" \r\n\t<a/>", true)]
    [InlineData("\uFEFF<a/>", true)]
    [InlineData("\uFEFF\n<a/>", true)]
    [InlineData("{}", false)]
    [InlineData("", false)]
    [InlineData("\uFEFF", false)]
    [InlineData("a<b/>", false)]
    public void BeginsMarkup_Start_TellsXmlFromOtherContent(string text, bool expected)
    {
        foreach (var encoding in new[] { Encoding.UTF8, Encoding.Unicode, Encoding.BigEndianUnicode })
            Assert.Equal(expected, ContentEncoding.BeginsMarkup(encoding.GetBytes(text)));
    }
}
