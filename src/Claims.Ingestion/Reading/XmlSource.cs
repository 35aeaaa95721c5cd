using System.Buffers;
using System.Text;

namespace Claims.Ingestion.Reading;

/// <summary>Decodes the bytes of an XML file, so that the XML reader need not trust what the declaration says of them.</summary>
internal sealed class XmlSource : TextReader
{
    private const int BlockBytes = 16 * 1024;

    // Far more than any declaration, comment and DOCTYPE needs.
    private const long MaxProlog = 1024 * 1024;

    private readonly Stream _stream;
    private readonly MarkupGuard _guard;
    private readonly byte[] _bytes = ArrayPool<byte>.Shared.Rent(BlockBytes);
    private Decoder? _decoder;
    private char[] _chars = [];
    private int _position;
    private int _length;
    private long _handedOut;
    private bool _ended;
    private bool _disposed;

    public XmlSource(Stream stream, int maxCData)
    {
        _stream = stream;
        _guard = new MarkupGuard(maxCData);
    }

    /// <summary>Cancels the next read.</summary>
    public CancellationToken CancellationToken { get; set; }

    /// <summary>Whether nothing but white space was read so far.</summary>
    public bool IsBlank { get; private set; } = true;

    /// <summary>Whether the content begins like a web page; most of them are not XML.</summary>
    public bool LooksLikeHtml { get; private set; }

    /// <summary>Set once the root element was reached; the text before it is limited.</summary>
    public bool RootReached { get; set; }

    public override int Read(char[] buffer, int index, int count)
    {
        if (_position == _length && !Fill())
            return 0;

        var taken = Math.Min(count, _length - _position);
        _chars.AsSpan(_position, taken).CopyTo(buffer.AsSpan(index));
        _position += taken;
        _handedOut += taken;
        if (!RootReached && _handedOut > MaxProlog)
            throw new PayloadException(FormattableString.Invariant($"no root element in the first {MaxProlog} characters"));

        return taken;
    }

    protected override void Dispose(bool disposing)
    {
        if (disposing && !_disposed)
        {
            _disposed = true;
            _stream.Dispose();
            ArrayPool<byte>.Shared.Return(_bytes);
        }

        base.Dispose(disposing);
    }

    private bool Fill()
    {
        ObjectDisposedException.ThrowIf(_disposed, this);
        _position = _length = 0;
        while (_length == 0 && !_ended)
        {
            CancellationToken.ThrowIfCancellationRequested();
            if (_decoder is null)
            {
                Begin();
                continue;
            }

            var read = _stream.Read(_bytes, 0, BlockBytes);
            _ended = read == 0;
            _length = _decoder.GetChars(_bytes.AsSpan(0, read), _chars, flush: _ended);
        }

        var text = _chars.AsSpan(0, _length);
        _guard.Follow(text);
        IsBlank = IsBlank && text.IsWhiteSpace();
        return _length > 0;
    }

    private void Begin()
    {
        var read = _stream.ReadAtLeast(_bytes.AsSpan(0, BlockBytes), BlockBytes, throwOnEndOfStream: false);
        var (encoding, mark) = ContentEncoding.Detect(_bytes.AsSpan(0, read));
        _decoder = encoding.GetDecoder();
        _chars = new char[encoding.GetMaxCharCount(BlockBytes)];
        _length = _decoder.GetChars(_bytes.AsSpan(mark, read - mark), _chars, flush: false);

        var text = _chars.AsSpan(0, _length);
        BlankDeclaration(text);
        var start = text.TrimStart();
        LooksLikeHtml = start.StartsWith("<!doctype html", StringComparison.OrdinalIgnoreCase) || start.StartsWith("<html", StringComparison.OrdinalIgnoreCase);
    }

    // The declaration has served its purpose, the encoding. XML allows no white space before it and some files have it;
    // blanks in its place keep the lines and columns right.
    private static void BlankDeclaration(Span<char> text)
    {
        var at = text.Length - text.TrimStart(" \t\r\n").Length;
        var declaration = text[at..];
        if (declaration is not ['<', '?', 'x', 'm', 'l', ' ' or '\t' or '\r' or '\n', ..])
            return;

        var length = declaration.IndexOf("?>");
        if (length < 0)
            return;

        foreach (ref var c in declaration[..(length + 2)])
        {
            if (c is not ('\r' or '\n'))
                c = ' ';
        }
    }
}
