namespace Claims.Ingestion.Reading;

/// <summary>A stream that can only be read, from any place.</summary>
internal abstract class SeekableReadOnlyStream(long length) : ReadOnlyStream
{
    public override bool CanSeek => true;

    public override long Length => length;

    public override long Position { get; set; }

    public override long Seek(long offset, SeekOrigin origin) => Position = origin switch
    {
        SeekOrigin.Begin => offset,
        SeekOrigin.Current => Position + offset,
        _ => length + offset,
    };
}
