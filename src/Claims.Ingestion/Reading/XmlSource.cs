namespace Claims.Ingestion.Reading;

/// <summary>The text of an XML file as a cursor gets it: decoded, guarded against huge markup, with substitutes for forbidden characters.</summary>
/// <param name="stream">The file.</param>
/// <param name="guard">The guard; <see langword="null"/> for a cursor that holds no more than its buffer anyway.</param>
internal sealed class XmlSource(Stream stream, MarkupGuard? guard) : TextReader
{
    // Far more than any declaration, comment and DOCTYPE needs.
    private const long MaxProlog = 1024 * 1024;

    private readonly DecodedText _text = new(stream);
    private ArraySegment<char> _block;
    private long _handedOut;

    /// <summary>Cancels the next read.</summary>
    public CancellationToken CancellationToken
    {
        get => _text.CancellationToken;
        set => _text.CancellationToken = value;
    }

    /// <summary>Whether nothing but white space was read so far.</summary>
    public bool IsBlank { get; private set; } = true;

    /// <summary>Whether the content begins like a web page; most of them are not XML.</summary>
    public bool LooksLikeHtml => _text.LooksLikeHtml;

    /// <summary>Set once the root element was reached; the text before it is limited.</summary>
    public bool RootReached { get; set; }

    public override int Read(char[] buffer, int index, int count)
    {
        if (_block.Count == 0 && !Fill())
            return 0;

        var taken = Math.Min(count, _block.Count);
        _block.AsSpan(0, taken).CopyTo(buffer.AsSpan(index));
        _block = _block[taken..];
        _handedOut += taken;
        if (!RootReached && _handedOut > MaxProlog)
            throw new PayloadException(FormattableString.Invariant($"no root element in the first {MaxProlog} characters"));

        return taken;
    }

    protected override void Dispose(bool disposing)
    {
        if (disposing)
            _text.Dispose();

        base.Dispose(disposing);
    }

    private bool Fill()
    {
        _block = _text.Read();
        var text = _block.AsSpan();
        ForbiddenCharacters.Replace(text);
        guard?.Follow(text);
        IsBlank = IsBlank && text.IsWhiteSpace();
        return _block.Count > 0;
    }
}
