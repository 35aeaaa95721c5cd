using System.Text;
using Claims.Ingestion.Reading;
using Claims.Ingestion.Storage;
using Microsoft.Extensions.Options;

namespace Claims.Ingestion.Tests.Reading;

public class ClaimFileReadersTests
{
    private static readonly byte[] Good = Encoding.UTF8.GetBytes(ClaimXml.Submission(ClaimXml.Claim()));

    public static TheoryData<byte[], string> Unknown => new()
    {
        { [], "the file is empty" },
        { " \r\n"u8.ToArray(), "the file is empty" },
        { [0xEF, 0xBB, 0xBF, 0x20], "the file is empty" },
        { Wrap.Gzip([]), "the file is empty" },
        { Wrap.Zip(("a", [])), "the file is empty" },
        { Encoding.UTF8.GetBytes(new string(' ', 5000) + "<a/>"), "the first 4096 bytes of the file are blank" },
        { "%PDF-1.7"u8.ToArray(), "neither XML nor any other known format: it looks like a PDF" },
        { " {\"a\":1}"u8.ToArray(), "neither XML nor any other known format: it looks like JSON" },
        { "[1]"u8.ToArray(), "neither XML nor any other known format: it looks like JSON" },
        { [0x89, (byte)'P', (byte)'N', (byte)'G', 13, 10], "neither XML nor any other known format: it looks like an image" },
        { [0xFF, 0xD8, 0xFF, 0xE0], "neither XML nor any other known format: it looks like an image" },
        { "GIF89a"u8.ToArray(), "neither XML nor any other known format: it looks like an image" },
        { [0xD0, 0xCF, 0x11, 0xE0, 0xA1], "neither XML nor any other known format: it looks like an old Word or Excel file" },
        { "Rar!"u8.ToArray(), "neither XML nor any other known format: it looks like an archive of a kind that is not supported" },
        { Wrap.Gzip(Wrap.Zip(("a", Good))), "neither XML nor any other known format: it looks like an archive inside an archive" },
        { Wrap.Zip(("a", Wrap.Gzip(Good))), "neither XML nor any other known format: it looks like an archive inside an archive" },
        { "Service unavailable"u8.ToArray(), "neither XML nor any other known format: it looks like text" },
        { [1, 2, 3, 4, 0, 0], "neither XML nor any other known format: it looks like binary data" },
        { Wrap.Zip(("[Content_Types].xml", Good), ("xl/book.xml", Good)), "the zip is a spreadsheet or a text document, not a claim file" },
        { Wrap.Gzip(Good)[..^1], "the gzip data is cut off, or does not end where it says" },
    };

    [Theory]
    [MemberData(nameof(Unknown), DisableDiscoveryEnumeration = true)]
    public void Open_ContentThatNoReaderKnows_IsQuarantinedWithAHint(byte[] raw, string reason)
    {
        var file = Read(raw);

        Assert.Equal((FileStatus.Quarantined, reason), (file.Outcome.Status, file.Outcome.Reason));
    }

    [Fact]
    public void Open_WrappedOrPlain_IsReadAlike()
    {
        foreach (var raw in new[] { Good, Wrap.Gzip(Good), Wrap.Zip(("claims.txt", Good)) })
        {
            var file = Read(raw);
            Assert.Equal(FileStatus.Stored, file.Outcome.Status);
            Assert.Equal("C1", Assert.Single(file.Submitted).Id);
        }
    }

    [Fact]
    public void Open_FileOverTheLimit_IsQuarantined()
    {
        var raw = Encoding.UTF8.GetBytes(ClaimXml.Submission(ClaimXml.Claim(), ClaimXml.Claim("C2"), ClaimXml.Claim("C3")));
        Assert.Equal(FileStatus.Stored, Read(raw, new ReadingOptions { MaxFileBytes = raw.Length }).Outcome.Status);

        var outcome = Read(raw, new ReadingOptions { MaxFileBytes = raw.Length - 1 }).Outcome;
        Assert.Equal((FileStatus.Quarantined, $"the file is larger than {raw.Length - 1} bytes"), (outcome.Status, outcome.Reason));
    }

    [Fact]
    public void Open_BombOfXml_IsQuarantined()
    {
        var xml = Encoding.UTF8.GetBytes(ClaimXml.Root("Claim.Submission", ClaimXml.Header() + new string(' ', 200_000)));

        var outcome = Read(Wrap.Gzip(xml), new ReadingOptions { MaxDecodedBytes = 100_000 }).Outcome;

        Assert.Equal(FileStatus.Quarantined, outcome.Status);
        Assert.StartsWith("the gzip file unfolds to more than 100000 bytes", outcome.Reason, StringComparison.Ordinal);
    }

    [Fact]
    public void Open_SeveralReaders_FirstThatRecognizesReads()
    {
        var own = new WholeTextReader();
        var readers = new ClaimFileReaders([own, new EClaimLinkReader()], Options.Create(new ReadingOptions()));

        Assert.Equal(FileStatus.Stored, ReadBack.Of(readers.Open(() => new MemoryStream(Good))).Outcome.Status);
        Assert.Equal(0, own.Readings);
        Assert.Equal("own format", ReadBack.Of(readers.Open(() => new MemoryStream("#own"u8.ToArray()))).Outcome.Reason);
        Assert.Equal(1, own.Readings);
    }

    [Fact]
    public void ReadSlice_DamageBeyondTheStart_IsAnOutcomeForAnyReader()
    {
        var raw = Wrap.Zip(System.IO.Compression.CompressionLevel.NoCompression, ("a", Encoding.ASCII.GetBytes("#" + new string('x', 100_000))));
        raw[50_000] ^= 1;
        var readers = new ClaimFileReaders([new WholeTextReader()], Options.Create(new ReadingOptions()));

        var outcome = ReadBack.Of(readers.Open(() => new MemoryStream(raw))).Outcome;

        Assert.Equal((FileStatus.Quarantined, "the zip data is damaged: its checksum differs"), (outcome.Status, outcome.Reason));
    }

    [Fact]
    public void Open_StorageFails_Throws()
    {
        var readers = new ClaimFileReaders([new EClaimLinkReader()], Options.Create(new ReadingOptions()));

        Assert.Throws<UnauthorizedAccessException>(() => readers.Open(() => throw new UnauthorizedAccessException()));
    }

    private static ReadBack Read(byte[] raw, ReadingOptions? options = null)
    {
        var readers = new ClaimFileReaders([new EClaimLinkReader()], Options.Create(options ?? new ReadingOptions()));
        using var reading = readers.Open(() => new MemoryStream(raw));
        return ReadBack.Of(reading);
    }

    private sealed class WholeTextReader : IClaimFileReader
    {
        public int Readings { get; private set; }

        public bool Recognizes(ReadOnlySpan<byte> start) => start.StartsWith("#"u8);

        public ClaimFileReading Read(Func<Stream> open, ReadingOptions options)
        {
            Readings++;
            return new Reading(open);
        }

        private sealed class Reading(Func<Stream> open) : ClaimFileReading
        {
            private ReadOutcome? _outcome;

            public override ReadOutcome? Outcome => _outcome;

            public override ClaimSlice? ReadSlice(int maxClaims, CancellationToken cancellationToken)
            {
                using var text = new StreamReader(open());
                text.ReadToEnd();
                _outcome = ReadOutcome.Quarantined("own format");
                return null;
            }

            public override void Dispose()
            {
            }
        }
    }
}
