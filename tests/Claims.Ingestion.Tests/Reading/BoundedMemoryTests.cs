using Claims.Ingestion.Reading;
using Claims.Ingestion.Storage;

namespace Claims.Ingestion.Tests.Reading;

// Alone, since it measures the memory of the whole process.
[CollectionDefinition(nameof(BoundedMemoryTests), DisableParallelization = true)]
[Collection(nameof(BoundedMemoryTests))]
public class BoundedMemoryTests
{
    private const int Megabyte = 1024 * 1024;

    private static readonly string Filler = new('x', Megabyte);

    [Fact]
    public void ReadSlice_ManyClaims_HoldsOnlyASlice()
    {
        const int Claims = 50_000;
        IEnumerable<string> parts = [
            "<Claim.Submission>" + ClaimXml.Header($"{Claims}"),
            .. Enumerable.Range(0, Claims).Select(i => ClaimXml.Claim($"C{i}")),
            "</Claim.Submission>"];
        using var reading = new EClaimLinkReader().Read(() => new PatternStream(parts), new ReadingOptions());

        var read = 0;
        var most = 0L;
        var before = GC.GetTotalMemory(forceFullCollection: true);
        while (reading.ReadSlice(500, TestContext.Current.CancellationToken) is { } slice)
        {
            read += slice.Submitted.Count;
            if (read % 10_000 == 0)
                most = Math.Max(most, GC.GetTotalMemory(forceFullCollection: true) - before);
        }

        Assert.Equal(FileStatus.Stored, reading.Outcome!.Status);
        Assert.Empty(reading.Outcome.Warnings);
        Assert.Equal(Claims, read);
        Assert.InRange(most, 0, 12 * Megabyte);
    }

    [Theory]
    [InlineData("<Unknown>", "</Unknown>", 1)]
    [InlineData("<Unknown><!--", "--></Unknown>", 1)]
    [InlineData("<Unknown><?pi ", "?></Unknown>", 1)]
    [InlineData("<Claim><ID>", "</ID></Claim>", 1)]
    [InlineData("<Claim><Net>", "</Net></Claim>", 1)]
    [InlineData("<Claim><Resubmission><Comment>", "</Comment></Resubmission></Claim>", 1)]
    public void ReadSlice_HugeText_IsNotLoaded(string start, string end, int claims)
    {
        var allocated = Allocated(start, end, out var outcome);

        Assert.Equal(FileStatus.Stored, outcome.Status);
        Assert.Equal(claims, outcome.Header!.RecordCount);
        Assert.InRange(allocated, 0, 8 * Megabyte);
    }

    [Theory]
    [InlineData("<Unknown a=\"", "\"/>", "a tag is longer than 65536 characters")]
    [InlineData("<Unknown a=\"a\nb", "\"/>", "a tag is longer than 65536 characters")]
    [InlineData("<Unknown", "/>", "a tag is longer than 65536 characters")]
    [InlineData("<Unknown><![CDATA[", "]]></Unknown>", "a CDATA section is longer than 1750016 characters")]
    public void ReadSlice_HugeMarkup_IsQuarantinedUnread(string start, string end, string reason)
    {
        var allocated = Allocated(start, end, out var outcome);

        Assert.Equal(FileStatus.Quarantined, outcome.Status);
        Assert.StartsWith(reason, outcome.Reason, StringComparison.Ordinal);
        Assert.InRange(allocated, 0, 20 * Megabyte);
    }

    [Fact]
    public void ReadSlice_HugeDoctype_IsQuarantinedUnread()
    {
        IEnumerable<string> parts = ["<!DOCTYPE Claim.Submission [", .. Enumerable.Range(0, 1_000_000).Select(i => $"<!ELEMENT e{i} ANY>"), "]><Claim.Submission/>"];
        using var reading = new EClaimLinkReader().Read(() => new PatternStream(parts), new ReadingOptions());

        Assert.Null(reading.ReadSlice(1, TestContext.Current.CancellationToken));
        Assert.Equal(FileStatus.Quarantined, reading.Outcome!.Status);
    }

    [Fact]
    public void ReadSlice_EndlesslyNewNames_AreQuarantined()
    {
        IEnumerable<string> parts = ["<Claim.Submission>", .. Enumerable.Range(0, 20_000).Select(i => $"<e{i}/>"), "</Claim.Submission>"];
        using var reading = new EClaimLinkReader().Read(() => new PatternStream(parts), new ReadingOptions());

        Assert.Null(reading.ReadSlice(1, TestContext.Current.CancellationToken));
        Assert.StartsWith("the file has more than 10000 different names", reading.Outcome!.Reason, StringComparison.Ordinal);
    }

    private static long Allocated(string start, string end, out ReadOutcome outcome)
    {
        IEnumerable<string> parts = [
            "<Claim.Submission>" + ClaimXml.Header() + start,
            .. Enumerable.Repeat(Filler, 60),
            end + (start.StartsWith("<Claim>", StringComparison.Ordinal) ? "" : ClaimXml.Claim()) + "</Claim.Submission>"];
        using var reading = new EClaimLinkReader().Read(() => new PatternStream(parts), new ReadingOptions { MaxAttachmentBytes = Megabyte - 1024 });
        var before = GC.GetAllocatedBytesForCurrentThread();
        while (reading.ReadSlice(10, TestContext.Current.CancellationToken) is not null)
        {
        }

        outcome = reading.Outcome!;
        return GC.GetAllocatedBytesForCurrentThread() - before;
    }
}
