using System.Xml;

namespace FacilityGateway.Tests;

/// <summary>Alone, because it measures the memory of the process.</summary>
[CollectionDefinition(nameof(SubmissionFileTests), DisableParallelization = true)]
[Collection(nameof(SubmissionFileTests))]
public class SubmissionFileTests
{
    [Fact]
    public void WriteLarge_FiftyThousandClaims_StreamsWithBoundedMemory()
    {
        using var stream = new MeasuringStream();

        var counts = SubmissionFile.WriteLarge(stream, 50_000, seed: 1);

        Assert.Equal(50_000, counts.Claims);
        Assert.InRange(stream.Written, 60_000_000, 110_000_000);
        Assert.InRange(stream.MostMemoryGrown, 0, 4_000_000);
    }

    [Fact]
    public void WriteLarge_Counts_EqualAnIndependentReading()
    {
        using var stream = new MemoryStream();

        var counts = SubmissionFile.WriteLarge(stream, 500, seed: 2);

        stream.Position = 0;
        using var reader = XmlReader.Create(stream);
        var (claims, activities) = (0, 0);
        while (reader.Read())
        {
            claims += reader is { NodeType: XmlNodeType.Element, Name: "Claim" } ? 1 : 0;
            activities += reader is { NodeType: XmlNodeType.Element, Name: "Activity" } ? 1 : 0;
        }

        Assert.Equal(new FileCounts(claims, activities, 0, 0), counts);
        Assert.Equal(500, claims);
    }

    [Fact]
    public void WriteLarge_SameSeed_GivesTheSameBytes()
    {
        Assert.Equal(Bytes(seed: 5), Bytes(seed: 5));
        Assert.NotEqual(Bytes(seed: 5), Bytes(seed: 6));
    }

    private static byte[] Bytes(int seed)
    {
        using var stream = new MemoryStream();
        SubmissionFile.WriteLarge(stream, 20, seed);
        return stream.ToArray();
    }

    /// <summary>Forgets what is written, and looks at the memory in use every ten million bytes.</summary>
    private sealed class MeasuringStream : Stream
    {
        private const long Step = 10_000_000;

        private readonly long _atStart = GC.GetTotalMemory(forceFullCollection: true);
        private long _nextLook = Step;

        public long Written { get; private set; }

        public long MostMemoryGrown { get; private set; }

        public override bool CanRead => false;

        public override bool CanSeek => false;

        public override bool CanWrite => true;

        public override long Length => Written;

        public override long Position { get => Written; set => throw new NotSupportedException(); }

        public override void Write(byte[] buffer, int offset, int count)
        {
            Written += count;
            if (Written < _nextLook)
                return;

            _nextLook += Step;
            MostMemoryGrown = Math.Max(MostMemoryGrown, GC.GetTotalMemory(forceFullCollection: true) - _atStart);
        }

        public override void Flush()
        {
        }

        public override int Read(byte[] buffer, int offset, int count) => throw new NotSupportedException();

        public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

        public override void SetLength(long value) => throw new NotSupportedException();
    }
}
