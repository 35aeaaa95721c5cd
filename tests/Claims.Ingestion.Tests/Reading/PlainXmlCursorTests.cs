using System.Text;
using System.Text.Json;
using Claims.Ingestion.Reading;
using CsCheck;

namespace Claims.Ingestion.Tests.Reading;

/// <summary>Whatever a file holds, what is made of it must be the same with the cursor for plain files as with the runtime's XML reader alone.</summary>
public class PlainXmlCursorTests
{
    private static readonly string[] Tokens =
    [
        "<", ">", "</", "/>", "&", "&amp;", "&#65;", "&#x41;", "&#0;", "&#xFDD0;", "&#13;", "&nbsp;", "&amp", "]]>", "]]", "<![CDATA[x]]>", "<!-- x -->", "<?x y?>", "<!DOCTYPE a>", "\r", "\r\n", "\n", "\t", " ", "\u0001", "\uFDD0", "\uD800",
        "\u00E9", "é:", "<a/>", "<a b='1'/>", "<a b='1' b='2'/>", "<a b=\"<\"/>", "<a xmlns:p='u' p:b='1'/>", "<p:a/>", "<a xml:space='preserve'> </a>", "<a b='1'c='2'/>", "<a b = '1'/>", "<1a/>", "<Claim>", "</Claim>", "<ID>", "</ID>", "<ID>7</ID>", "x",
        "<Claim.Submission>", "</Claim.Submission>", "='", "\"", "'", "<a ", "</ID >", "</ID\r\n>", "<ID >8</ID>", "<ID/>", "<ID\r\n/>", "<Net>1</Net>", "\uFEFF",
    ];

    [Fact]
    public void Read_PlainFiles_IsTheSame() =>
        Gen.Int.Sample(seed => AssertSame(new RandomFile(seed, isPlain: true).Write()), iter: 200);

    [Fact]
    public void Read_WithTokensPutInAnywhere_IsTheSame() =>
        Gen.Select(Gen.Int, Gen.Bool, Gen.Select(Gen.Double[0, 1], Gen.OneOf([.. Tokens.Select(token => Gen.Const(token))])).Array[1, 3]).Sample(
            (seed, isPlain, tokens) =>
            {
                string text = TextOf(seed, isPlain);
                foreach ((double part, string token) in tokens) text = text.Insert((int)(text.Length * part), token);
                AssertSame(Encoding.UTF8.GetBytes(text));
            },
            iter: 400);

    [Fact]
    public void Read_WithPartsTakenOut_IsTheSame() =>
        Gen.Select(Gen.Int, Gen.Double[0, 1], Gen.Int[1, 40]).Sample(
            (seed, part, length) =>
            {
                string text = TextOf(seed, isPlain: true);
                int at = (int)(text.Length * part);
                AssertSame(Encoding.UTF8.GetBytes(text.Remove(at, Math.Min(length, text.Length - at))));
            },
            iter: 150);

    [Fact]
    public void Read_FlippedBits_IsTheSame() =>
        Gen.Select(Gen.Int, Gen.Select(Gen.Double[0, 1], Gen.Byte).Array[1, 4]).Sample(
            (seed, flips) =>
            {
                byte[] bytes = new RandomFile(seed, isPlain: true).Write();
                foreach ((double part, byte bits) in flips) bytes[(int)(bytes.Length * Math.Min(part, 0.999999))] ^= bits;
                AssertSame(bytes);
            },
            iter: 200);

    /// <summary>Values and tags that lie across the ends of blocks, and larger than one.</summary>
    [Theory]
    [InlineData("\n")]
    [InlineData("\r\n")]
    [InlineData("&amp;")]
    [InlineData("<Unknown>x</Unknown>")]
    [InlineData("<Unknown a='b'/>")]
    [InlineData("]]")]
    public void Read_LargeFile_IsTheSame(string filler)
    {
        for (int shift = 0; shift < 12; shift++)
        {
            string claim = ClaimXml.Claim(content: ClaimXml.Activity + $"<Resubmission><Type>{new string('t', shift)}</Type><Comment>{string.Concat(Enumerable.Repeat("comment &lt; é ", 300))}</Comment></Resubmission>");
            string gap = filler[0] is '&' or ']' ? $"<Unknown>{string.Concat(Enumerable.Repeat(filler, 2000))}</Unknown>" : string.Concat(Enumerable.Repeat(filler, 2000));
            AssertSame(Encoding.UTF8.GetBytes(ClaimXml.Root("Claim.Submission", ClaimXml.Header("8") + string.Concat(Enumerable.Repeat(claim + gap, 8)))));
        }
    }

    [Theory]
    [InlineData("", true)]
    [InlineData(" xmlns:xsi=\"http://www.w3.org/2001/XMLSchema-instance\" xsi:noNamespaceSchemaLocation=\"http://x/ClaimSubmission.xsd\"", true)]
    [InlineData("\r\n  xmlns='urn:x'\r\n  a='1'", true)]
    [InlineData(" xmlns:xsi='urn:x' xmlns:xsi='urn:y'", false)]
    [InlineData(" xsi:a='1'", false)]
    [InlineData(" xml:lang='en'", false)]
    [InlineData(" a='&amp;'", false)]
    public void MoveToRoot_Attributes_ArePlainOrNot(string attributes, bool isPlain)
    {
        string text = $"<?xml version=\"1.0\" encoding=\"utf-8\"?>\r\n<Claim.Submission{attributes}>\r\n{ClaimXml.Header()}{ClaimXml.Claim()}</Claim.Submission>";
        using var cursor = new PlainXmlCursor(new MemoryStream(Encoding.UTF8.GetBytes(text)), new ReadingOptions());

        Exception? refusal = Record.Exception(() => cursor.MoveToRoot(TestContext.Current.CancellationToken));

        Assert.Equal(isPlain, refusal is null);
        Assert.True(isPlain || refusal is NotPlainException);
        AssertSame(Encoding.UTF8.GetBytes(text));
    }

    /// <summary>What this cursor is for: a file as facilities send it is read to its end by it.</summary>
    [Fact]
    public void Cursor_FileAsFacilitiesSendIt_IsPlain()
    {
        string text = $"\uFEFF<?xml version=\"1.0\"?>\r\n<Claim.Submission>\r\n\t{ClaimXml.Header()}\r\n\t{ClaimXml.Claim(id: "A&amp;B &gt; &#233;")}\r\n</Claim.Submission>\r\n";
        using var cursor = new PlainXmlCursor(new MemoryStream(Encoding.UTF8.GetBytes(text)), new ReadingOptions());
        cursor.MoveToRoot(TestContext.Current.CancellationToken);
        int root = cursor.Enter();
        Assert.True(cursor.NextChild(root));
        Assert.True(cursor.NextChild(root));
        Assert.Equal((4, 3), (cursor.Line, cursor.Column));
        int claim = cursor.Enter();
        Assert.True(cursor.NextChild(claim));
        Assert.Equal("A&B > é", cursor.ReadText(100, out _).ToString());

        Assert.False(cursor.NextChild(root));
        cursor.ReadToEnd();
    }

    private static string TextOf(int seed, bool isPlain)
    {
        byte[] bytes = new RandomFile(seed, isPlain).Write();
        using var text = new DecodedText(new MemoryStream(bytes));
        var all = new StringBuilder();
        while (text.Read() is { Count: > 0 } block) all.Append(block.AsSpan());
        return all.ToString();
    }

    private static void AssertSame(byte[] bytes)
    {
        foreach (int maxClaims in new[] { 1, 100 }) Assert.Equal(Describe(bytes, isPlain: false, maxClaims), Describe(bytes, isPlain: true, maxClaims));
    }

    private static string Describe(byte[] bytes, bool isPlain, int maxClaims)
    {
        using var reading = new EClaimLinkReading(() => new MemoryStream(bytes), new ReadingOptions(), isPlain);
        ReadBack read = ReadBack.Of(reading, maxClaims);
        int[] leftOut = [.. read.Errors.Select(error => error.Position)];
        KeptClaims? kept = leftOut.Length == 0 ? null : read.Excerpt?.Cut(leftOut, leftOut.Length, TestContext.Current.CancellationToken);
        return JsonSerializer.Serialize(new { read.Submitted, read.Remitted, read.Errors, read.Outcome, Kept = kept is null ? null : Encoding.UTF8.GetString(kept.Content) });
    }
}
