using System.Buffers;
using System.Text;

namespace Claims.Ingestion.Reading;

/// <summary>Decodes the bytes of an XML file block by block, so that nobody need trust what the declaration says of them.</summary>
internal sealed class DecodedText(Stream stream) : IDisposable
{
    private const int BlockBytes = 16 * 1024;

    private readonly byte[] _bytes = ArrayPool<byte>.Shared.Rent(BlockBytes);
    private Decoder? _decoder;
    private char[] _chars = [];
    private bool _ended;
    private bool _disposed;

    /// <summary>Cancels the next read.</summary>
    public CancellationToken CancellationToken { get; set; }

    /// <summary>Whether the content begins like a web page; most of them are not XML.</summary>
    public bool LooksLikeHtml { get; private set; }

    /// <summary>Decodes the next block. The result is good until the next call.</summary>
    /// <returns>The block; empty at the end of the file.</returns>
    public ArraySegment<char> Read()
    {
        ObjectDisposedException.ThrowIf(_disposed, this);
        var length = 0;
        while (length == 0 && !_ended)
        {
            CancellationToken.ThrowIfCancellationRequested();
            if (_decoder is null)
            {
                length = Begin();
                continue;
            }

            var read = stream.Read(_bytes, 0, BlockBytes);
            _ended = read == 0;
            length = _decoder.GetChars(_bytes.AsSpan(0, read), _chars, flush: _ended);
        }

        return new ArraySegment<char>(_chars, 0, length);
    }

    public void Dispose()
    {
        if (_disposed)
            return;

        _disposed = true;
        stream.Dispose();
        ArrayPool<byte>.Shared.Return(_bytes);
        if (_chars.Length > 0) ArrayPool<char>.Shared.Return(_chars);
    }

    private int Begin()
    {
        var read = stream.ReadAtLeast(_bytes.AsSpan(0, BlockBytes), BlockBytes, throwOnEndOfStream: false);
        var (encoding, mark) = ContentEncoding.Detect(_bytes.AsSpan(0, read));
        _decoder = encoding.GetDecoder();
        _chars = ArrayPool<char>.Shared.Rent(encoding.GetMaxCharCount(BlockBytes));
        var length = _decoder.GetChars(_bytes.AsSpan(mark, read - mark), _chars, flush: false);

        var text = _chars.AsSpan(0, length);
        BlankDeclaration(text);
        var start = text.TrimStart();
        LooksLikeHtml = start.StartsWith("<!doctype html", StringComparison.OrdinalIgnoreCase) || start.StartsWith("<html", StringComparison.OrdinalIgnoreCase);
        return length;
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
