namespace Claims.Ingestion.Reading;

/// <summary>Reads a part of a seekable stream, and disposes the whole.</summary>
internal sealed class SectionStream : ReadOnlyStream
{
    private readonly Stream _whole;
    private long _left;

    public SectionStream(Stream whole, long offset, long length)
    {
        _whole = whole;
        _left = length;
        whole.Position = offset;
    }

    public override int Read(Span<byte> buffer)
    {
        var read = _whole.Read(buffer[..Cut(buffer.Length)]);
        _left -= read;
        return read;
    }

    public override async ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
    {
        var read = await _whole.ReadAsync(buffer[..Cut(buffer.Length)], cancellationToken).ConfigureAwait(false);
        _left -= read;
        return read;
    }

    protected override void Dispose(bool disposing)
    {
        if (disposing)
            _whole.Dispose();

        base.Dispose(disposing);
    }

    private int Cut(int count) => (int)Math.Min(count, _left);
}
