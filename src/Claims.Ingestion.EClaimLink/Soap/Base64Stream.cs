using System.Xml;

namespace Claims.Ingestion.EClaimLink.Soap;

/// <summary>Decodes the base64 content of the element that a reader stands on, piece by piece. White space may be anywhere; nothing may be missing.</summary>
internal sealed class Base64Stream(XmlReader reader) : Stream
{
    private readonly char[] _text = new char[16 * 1024];
    private readonly char[] _quads = new char[16 * 1024];
    private readonly byte[] _bytes = new byte[12 * 1024];
    private int _pending;
    private int _start;
    private int _end;
    private bool _padded;
    private bool _inText;
    private bool _ended = reader.IsEmptyElement;

    public override bool CanRead => true;

    public override bool CanSeek => false;

    public override bool CanWrite => false;

    public override long Length => throw new NotSupportedException();

    public override long Position
    {
        get => throw new NotSupportedException();
        set => throw new NotSupportedException();
    }

    public override int Read(byte[] buffer, int offset, int count) => Read(buffer.AsSpan(offset, count));

    public override int Read(Span<byte> buffer)
    {
        if (buffer.IsEmpty) return 0;
        while (_start == _end)
        {
            if (_ended) return 0;
            Fill();
        }

        int count = Math.Min(buffer.Length, _end - _start);
        _bytes.AsSpan(_start, count).CopyTo(buffer);
        _start += count;
        return count;
    }

    public override ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
    {
        cancellationToken.ThrowIfCancellationRequested();
        return ValueTask.FromResult(Read(buffer.Span));
    }

    public override Task<int> ReadAsync(byte[] buffer, int offset, int count, CancellationToken cancellationToken) =>
        ReadAsync(buffer.AsMemory(offset, count), cancellationToken).AsTask();

    public override void Flush()
    {
    }

    public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

    public override void SetLength(long value) => throw new NotSupportedException();

    public override void Write(byte[] buffer, int offset, int count) => throw new NotSupportedException();

    private void Fill()
    {
        int read = NextText();
        foreach (char c in _text.AsSpan(0, read))
        {
            if (c is not (' ' or '\t' or '\r' or '\n')) _quads[_pending++] = c;
        }

        if (_ended && _pending % 4 != 0) throw CallErrors.DamagedFile();
        int whole = _pending / 4 * 4;
        if (whole == 0) return;

        // Nothing may follow the padding.
        if (_padded || !Convert.TryFromBase64Chars(_quads.AsSpan(0, whole), _bytes, out _end)) throw CallErrors.DamagedFile();
        _padded = _quads[whole - 1] == '=';
        _start = 0;
        _quads.AsSpan(whole, _pending - whole).CopyTo(_quads);
        _pending -= whole;
    }

    /// <summary>Reads a piece of text, less than fills the quads with what is pending.</summary>
    private int NextText()
    {
        while (true)
        {
            if (_inText)
            {
                int read = reader.ReadValueChunk(_text, 0, _text.Length - 4);
                if (read > 0) return read;
                _inText = false;
            }

            reader.Read();
            switch (reader.NodeType)
            {
                case XmlNodeType.Text or XmlNodeType.CDATA or XmlNodeType.Whitespace or XmlNodeType.SignificantWhitespace:
                    _inText = true;
                    break;
                case XmlNodeType.EndElement:
                    _ended = true;
                    return 0;
                case XmlNodeType.Element:
                    throw CallErrors.DamagedFile();
            }
        }
    }
}
