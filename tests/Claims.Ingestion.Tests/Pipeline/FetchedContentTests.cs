using Claims.Ingestion.Pipeline;
using Claims.Ingestion.Tests.Fakes;

namespace Claims.Ingestion.Tests.Pipeline;

public sealed class FetchedContentTests : IDisposable
{
    private readonly string _spool = Path.Combine(Path.GetTempPath(), $"claims-spool-{Guid.NewGuid():N}");

    public void Dispose()
    {
        if (Directory.Exists(_spool)) Directory.Delete(_spool, recursive: true);
    }

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(1000)]
    public async Task FetchAsync_UpToTheMemoryLimit_TouchesNoDisk(int length)
    {
        using FetchedContent content = await FetchAsync(Bytes(length), inMemory: 1000);

        Assert.Equal((length, false), (content.Length, content.IsCut));
        Assert.Equal(Bytes(length), await ReadAsync(content));
        Assert.False(Directory.Exists(_spool));
    }

    [Theory]
    [InlineData(1001)]
    [InlineData(128 * 1024)]
    [InlineData(700_001)]
    public async Task FetchAsync_BeyondTheMemoryLimit_SpoolsAndLeavesNoName(int length)
    {
        using FetchedContent content = await FetchAsync(Bytes(length), inMemory: 1000);

        Assert.Empty(Directory.EnumerateFileSystemEntries(_spool));
        Assert.Equal((length, false), (content.Length, content.IsCut));
        Assert.Equal(Bytes(length), await ReadAsync(content));
    }

    [Theory]
    [InlineData(1000)]
    [InlineData(0)]
    [InlineData(300_000)]
    [InlineData(500_000)]
    public async Task FetchAsync_ExactlyTheLimit_IsNotCut(int inMemory)
    {
        using FetchedContent content = await FetchAsync(Bytes(300_000), inMemory, max: 300_000);

        Assert.Equal((300_000, false), (content.Length, content.IsCut));
        Assert.Equal(Bytes(300_000), await ReadAsync(content));
    }

    [Theory]
    [InlineData(1000)]
    [InlineData(0)]
    [InlineData(300_000)]
    [InlineData(500_000)]
    public async Task FetchAsync_OneByteBeyondTheLimit_KeepsTheBeginning(int inMemory)
    {
        using FetchedContent content = await FetchAsync(Bytes(300_001), inMemory, max: 300_000);

        Assert.Equal((300_000, true), (content.Length, content.IsCut));
        Assert.Equal(Bytes(300_000), await ReadAsync(content));
    }

    [Fact]
    public async Task FetchAsync_EndlessSource_EndsAtTheLimit()
    {
        using var source = new EndlessStream();

        using FetchedContent content = await FetchedContent.FetchAsync(source, 300_000, 1000, _spool, Waiting.Token);

        Assert.Equal((300_000, true), (content.Length, content.IsCut));
        Assert.InRange(source.Given, 300_000, 600_000);
    }

    [Fact]
    public async Task FetchAsync_SourceFailsHalfWay_LeavesNothing()
    {
        using var source = new EndlessStream { FailsAfter = 200_000 };

        await Assert.ThrowsAsync<IOException>(() => FetchedContent.FetchAsync(source, 300_000, 1000, _spool, Waiting.Token));

        Assert.Empty(Directory.EnumerateFileSystemEntries(_spool));
    }

    [Theory]
    [InlineData(1_000_000)]
    [InlineData(100)]
    public async Task OpenRead_ManyReadersAtOnce_EachReadsItAll(int inMemory)
    {
        byte[] bytes = Bytes(500_000);
        using FetchedContent content = await FetchAsync(bytes, inMemory);

        byte[][] read = await Task.WhenAll(Enumerable.Range(0, 16).Select(_ => Task.Run(() => ReadAsync(content)))).Soon();

        Assert.All(read, one => Assert.Equal(bytes, one));
    }

    [Theory]
    [InlineData(1_000_000)]
    [InlineData(100)]
    public async Task OpenRead_Seek_GoesWhereTold(int inMemory)
    {
        byte[] bytes = Bytes(5000);
        using FetchedContent content = await FetchAsync(bytes, inMemory);
        await using Stream stream = content.OpenRead();

        Assert.True(stream is { CanRead: true, CanSeek: true, CanWrite: false, Length: 5000 });
        Assert.Equal(4990, stream.Seek(-10, SeekOrigin.End));
        Assert.Equal(bytes[4990], stream.ReadByte());
        Assert.Equal(4996, stream.Seek(5, SeekOrigin.Current));
        Assert.Equal(10, stream.Seek(10, SeekOrigin.Begin));
        var buffer = new byte[4];
        Assert.Equal(4, stream.Read(buffer, 0, 4));
        Assert.Equal(bytes[10..14], buffer);
        stream.Position = 6000;
        Assert.Equal(0, stream.Read(buffer, 0, 4));
        Assert.Throws<NotSupportedException>(() => stream.Write(buffer, 0, 4));
        Assert.Throws<NotSupportedException>(() => stream.SetLength(1));
    }

    [Fact]
    public async Task Dispose_Twice_ClosesTheSpool()
    {
        FetchedContent content = await FetchAsync(Bytes(5000), inMemory: 100);
        await using Stream stream = content.OpenRead();

        content.Dispose();
        content.Dispose();

        Assert.Throws<ObjectDisposedException>(() => stream.ReadByte());
    }

    private static byte[] Bytes(int length) => [.. Enumerable.Range(0, length).Select(i => (byte)(i * 31 / 7))];

    private static async Task<byte[]> ReadAsync(FetchedContent content)
    {
        await using Stream stream = content.OpenRead();
        using var copy = new MemoryStream();
        await stream.CopyToAsync(copy, Waiting.Token);
        return copy.ToArray();
    }

    private Task<FetchedContent> FetchAsync(byte[] bytes, int inMemory, long max = 10_000_000) =>
        FetchedContent.FetchAsync(new MemoryStream(bytes), max, inMemory, _spool, Waiting.Token);

    private sealed class EndlessStream : MemoryStream
    {
        public long Given { get; private set; }

        public long FailsAfter { get; init; } = long.MaxValue;

        public override ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
        {
            if (Given > FailsAfter) return ValueTask.FromException<int>(new IOException("the source broke off"));
            buffer.Span.Clear();
            Given += buffer.Length;
            return ValueTask.FromResult(buffer.Length);
        }
    }
}
