using System.IO.Compression;
using System.Security.Cryptography;
using System.Text;
using Claims.Ingestion.Reading;

namespace Claims.Ingestion.Tests.Reading;

public class PayloadDecoderTests
{
    private static readonly byte[] Content = Encoding.UTF8.GetBytes(ClaimXml.Submission([.. Enumerable.Range(0, 50).Select(i => ClaimXml.Claim($"C{i}"))]));

    [Theory]
    [InlineData("plain")]
    [InlineData("gzip")]
    [InlineData("zip")]
    [InlineData("stored zip")]
    [InlineData("zip with folders")]
    public async Task Open_Wrapping_IsTakenOff(string wrapping)
    {
        var raw = wrapping switch
        {
            "gzip" => Wrap.Gzip(Content),
            "zip" => Wrap.Zip(("claims.xml", Content)),
            "stored zip" => Wrap.Zip(CompressionLevel.NoCompression, ("claims.xml", Content)),
            "zip with folders" => Wrap.Zip(("out/", []), ("__MACOSX/out/._claims.xml", [1, 2]), ("out/claims.xml", Content)),
            _ => Content,
        };

        Assert.Equal(Content, Unwrap(raw));
        Assert.Equal(SHA256.HashData(Content), await Hash(raw));
    }

    [Fact]
    public async Task Open_Twice_StartsAnew()
    {
        var raw = Wrap.Zip(("a", Content));
        var open = PayloadDecoder.Open(() => new MemoryStream(raw), new ReadingOptions());
        foreach (var _ in new[] { 1, 2 })
        {
            await using var stream = open();
            var copy = new MemoryStream();
            await stream.CopyToAsync(copy, TestContext.Current.CancellationToken);
            Assert.Equal(Content, copy.ToArray());
        }
    }

    [Fact]
    public void Open_ZipWithoutExactlyOneFile_IsRefused()
    {
        Assert.Equal("the zip holds 2 files, and must hold one", Refused(Wrap.Zip(("a", Content), ("b", Content))));
        Assert.Equal("the zip holds 0 files, and must hold one", Refused(Wrap.Zip(("a/", []))));
        Assert.Equal("the zip holds 0 files, and must hold one", Refused(Wrap.Zip()));
        Assert.Equal("the zip is a spreadsheet or a text document, not a claim file", Refused(Wrap.Zip(("[Content_Types].xml", Content), ("xl/book.xml", Content))));
        Assert.Equal("the zip holds too many files, and must hold one", Refused(Wrap.Zip([.. Enumerable.Range(0, 6000).Select(i => ($"{i}", Array.Empty<byte>()))])));
    }

    [Fact]
    public void Open_EncryptedOrUnknownZip_IsRefused()
    {
        var encrypted = Wrap.Zip(("a", Content));
        var entry = encrypted.AsSpan().LastIndexOf("PK\x01\x02"u8);
        encrypted[entry + 8] |= 1;
        Assert.Equal("the zip is encrypted", Refused(encrypted));

        var method = Wrap.Zip(("a", Content));
        method[entry + 10] = 14;
        Assert.Equal("the zip uses compression method 14, which is not supported", Refused(method));

        var huge = Wrap.Zip(("a", Content));
        huge.AsSpan(entry + 20, 4).Fill(0xFF);
        Assert.Equal("the zip is in the format for huge archives (zip64), which is not supported", Refused(huge));
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Open_CutOff_IsRefusedWhereverTheCutIs(bool zip)
    {
        var raw = zip ? Wrap.Zip(("claims.xml", Content)) : Wrap.Gzip(Content);
        for (var length = 4; length < raw.Length; length++)
        {
            var cut = raw[..length];
            Refused(cut);
            Assert.Equal(SHA256.HashData(cut), await Hash(cut));
        }
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Open_AnyByteChanged_GivesTheContentOrIsRefused(bool zip)
    {
        var raw = zip ? Wrap.Zip(("claims.xml", Content)) : Wrap.Gzip(Content);
        var refused = 0;
        for (var at = 4; at < raw.Length; at++)
        {
            var changed = (byte[])raw.Clone();
            changed[at] ^= 0x55;
            try
            {
                Assert.Equal(Content, Unwrap(changed));
            }
            catch (PayloadException)
            {
                refused++;
            }

            Assert.Equal(32, (await Hash(changed)).Length);
        }

        Assert.True(refused > raw.Length / 2);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void Open_Bomb_StopsAtTheLimit(bool zip)
    {
        var zeros = new byte[1_000_000];
        var raw = zip ? Wrap.Zip(("a", zeros)) : Wrap.Gzip(zeros);
        Assert.True(raw.Length < 5000);

        Assert.Equal(zeros, Unwrap(raw, new ReadingOptions { MaxDecodedBytes = zeros.Length }));
        var e = Assert.Throws<PayloadException>(() => Unwrap(raw, new ReadingOptions { MaxDecodedBytes = zeros.Length - 1 }));
        Assert.Equal($"the {(zip ? "zip" : "gzip")} file unfolds to more than 999999 bytes", e.Message);
    }

    [Fact]
    public void Open_StorageFails_Throws() =>
        Assert.Throws<FileNotFoundException>(() => PayloadDecoder.Open(() => throw new FileNotFoundException(), new ReadingOptions()));

    private static byte[] Unwrap(byte[] raw, ReadingOptions? options = null)
    {
        using var stream = PayloadDecoder.Open(() => new MemoryStream(raw), options ?? new ReadingOptions())();
        var copy = new MemoryStream();
        stream.CopyTo(copy);
        return copy.ToArray();
    }

    private static string Refused(byte[] raw) => Assert.Throws<PayloadException>(() => Unwrap(raw)).Message;

    private static Task<byte[]> Hash(byte[] raw) =>
        PayloadDecoder.HashAsync(() => new MemoryStream(raw), SHA256.HashData(raw), new ReadingOptions(), TestContext.Current.CancellationToken);
}
