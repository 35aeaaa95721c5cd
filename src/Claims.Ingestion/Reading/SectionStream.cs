namespace Claims.Ingestion.Reading;

/// <summary>Reads a part of a seekable stream, and disposes the whole.</summary>
internal sealed class SectionStream : Stream
{
    private readonly Stream _whole;
    private long _left;

    public SectionStream(Stream whole, long offset, long length)
    {
        _whole = whole;
        _left = length;
        whole.Position = offset;
    }

    public override bool CanRead => true;

    public override bool CanSeek => false;

    public override bool CanWrite => false;

    public override long Length => throw new NotSupportedException();

    public override long Position
    {
        get => throw new NotSupportedException();
        set => throw new NotSupportedException();
    }

    public override int Read(Span<byte> buffer)
    {
        var read = _whole.Read(buffer[..Cut(buffer.Length)]);
        _left -= read;
        return read;
    }

    public override int Read(byte[] buffer, int offset, int count) => Read(buffer.AsSpan(offset, count));

    public override async ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
    {
        var read = await _whole.ReadAsync(buffer[..Cut(buffer.Length)], cancellationToken).ConfigureAwait(false);
        _left -= read;
        return read;
    }

    public override Task<int> ReadAsync(byte[] buffer, int offset, int count, CancellationToken cancellationToken) =>
        ReadAsync(buffer.AsMemory(offset, count), cancellationToken).AsTask();

    public override void Flush()
    {
    }

    public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

    public override void SetLength(long value) => throw new NotSupportedException();

    public override void Write(byte[] buffer, int offset, int count) => throw new NotSupportedException();

    protected override void Dispose(bool disposing)
    {
        if (disposing)
            _whole.Dispose();

        base.Dispose(disposing);
    }

    private int Cut(int count) => (int)Math.Min(count, _left);
}
