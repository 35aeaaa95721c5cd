using System.Text;

namespace Claims.Ingestion.Tests.Reading;

/// <summary>A file that is made while it is read, so that it takes no memory.</summary>
internal sealed class PatternStream : Stream
{
    private readonly IEnumerator<string> _parts;
    private byte[] _bytes = [];
    private string? _encoded;
    private ReadOnlyMemory<byte> _rest;

    public PatternStream(IEnumerable<string> parts) => _parts = parts.GetEnumerator();

    public override bool CanRead => true;

    public override bool CanSeek => false;

    public override bool CanWrite => false;

    public override long Length => throw new NotSupportedException();

    public override long Position { get; set; }

    public override int Read(byte[] buffer, int offset, int count)
    {
        while (_rest.IsEmpty)
        {
            if (!_parts.MoveNext())
                return 0;

            // A part that repeats is encoded once.
            if (!ReferenceEquals(_encoded, _parts.Current))
                _bytes = Encoding.UTF8.GetBytes(_parts.Current);

            _encoded = _parts.Current;
            _rest = _bytes;
        }

        var taken = Math.Min(count, _rest.Length);
        _rest[..taken].CopyTo(buffer.AsMemory(offset));
        _rest = _rest[taken..];
        Position += taken;
        return taken;
    }

    public override void Flush()
    {
    }

    public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

    public override void SetLength(long value) => throw new NotSupportedException();

    public override void Write(byte[] buffer, int offset, int count) => throw new NotSupportedException();
}
